import type { ReactNode } from 'react';

export interface BarProps {
  /** How much of it is full, 0..100; `null` where that is not known. */
  readonly percent: number | null;
  /** A CSS colour. */
  readonly hue: string;
  /** Where on it something begins, 0..100, and in which colour. */
  readonly marks?: readonly { readonly at: number; readonly hue: string }[];
}

/** A thin level. What it says stands beside it as text. */
export function Bar({ percent, hue, marks = [] }: BarProps) {
  return (
    <span aria-hidden="true" className="relative block h-1.5 overflow-hidden rounded-full bg-raised">
      <span
        className="absolute inset-y-0 left-0 w-full origin-left motion-safe:transition-transform motion-safe:duration-300"
        style={{ background: hue, transform: `scaleX(${clamped(percent) / 100})` }}
      />
      {marks.map((mark) => (
        <span
          key={mark.at}
          className="absolute inset-y-0 w-0.5 border-l border-panel"
          style={{ left: `calc(${clamped(mark.at)}% - 2px)`, background: mark.hue }}
        />
      ))}
    </span>
  );
}

const clamped = (percent: number | null) => Math.min(100, Math.max(0, percent ?? 0));

export interface BarFigureProps {
  readonly percent: number | null;
  readonly hue: string;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A table's figure with its level behind it. */
export function BarFigure({ percent, hue, children, className = '' }: BarFigureProps) {
  return (
    <span className={`relative block overflow-hidden rounded px-1.5 text-right ${className}`}>
      <span
        aria-hidden="true"
        className="absolute inset-y-0.5 right-0 w-full origin-right rounded-sm opacity-20"
        style={{ background: hue, transform: `scaleX(${clamped(percent) / 100})` }}
      />
      <span className="relative whitespace-nowrap">{children}</span>
    </span>
  );
}
