import type { ReactNode } from 'react';

const tones = {
  quiet: 'border-line text-soft',
  info: 'border-cpu/40 text-cpu',
  good: 'border-good/40 text-good',
  warn: 'border-warn/50 text-warn',
  bad: 'border-bad/50 text-bad',
} as const;

export type BadgeTone = keyof typeof tones;

export interface BadgeProps {
  readonly tone: BadgeTone;
  readonly children: ReactNode;
}

/** A word about an item that is not as usual. */
export function Badge({ tone, children }: BadgeProps) {
  return (
    <span
      className={`inline-block shrink-0 rounded border px-1 text-[0.6875rem] leading-4 font-normal whitespace-nowrap ${tones[tone]}`}
    >
      {children}
    </span>
  );
}
