import type { LoggedType } from '@/lib/events/event-types';

/** The panels that have a page of their own under `/embed/`, and the events that each needs. */
export const typesOf = {
  cpu: ['cpu'],
  memory: ['memory'],
} as const satisfies Record<string, readonly LoggedType[]>;

export type EmbeddableName = keyof typeof typesOf;

export const embeddableNames = Object.keys(typesOf) as readonly EmbeddableName[];

export interface EmbeddableProps {
  /** Without a card, filling its frame. */
  readonly bare?: boolean;
  readonly className?: string;
}

export function isEmbeddable(name: string): name is EmbeddableName {
  return Object.hasOwn(typesOf, name);
}
