import { type LoggedType, loggedTypes } from '@/lib/protocol/event-types';

/**
 * The dashboard's panels by their names in an address, in their rows: what people look for first at the top, what grows
 * with the machine in a row of its own.
 */
export const panelRows = [
  ['cpu', 'pressure', 'alerts', 'cores', 'processes', 'memory', 'disk', 'network', 'filesystem', 'load'],
  ['sensors', 'containers', 'host'],
] as const;
export type PanelName = (typeof panelRows)[number][number];
export const panelNames: readonly PanelName[] = panelRows.flat();

/** The panels that an address names with `panels=cpu,memory`, in its order, and the unknown names. */
export interface AskedPanels {
  /** `null` when the address names no known panel: all are shown. */
  readonly names: readonly string[] | null;
  readonly unknown: readonly string[];
}

const shownNameLengthMax = 40;

/**
 * The events that a dashboard with these panels is given. Its sentence and its marks speak of all of them but
 * `processes`, whose command lines belong to those who see that panel.
 */
export function typesOfPanels(asked: string | null): readonly LoggedType[] {
  const { names } = askedPanels(asked, panelNames);
  const seesProcesses = names === null || names.includes('processes');
  return seesProcesses ? loggedTypes : loggedTypes.filter((type) => type !== 'processes');
}

export function askedPanels(asked: string | null, known: readonly string[]): AskedPanels {
  const names = [...new Set((asked ?? '').split(',').map((name) => name.trim()))].filter(Boolean);
  const there = names.filter((name) => known.includes(name));
  return {
    names: there.length > 0 ? there : null,
    unknown: names.filter((name) => !known.includes(name)).map((name) => name.slice(0, shownNameLengthMax)),
  };
}
