import type { ReactNode } from 'react';
import type { Unit } from '@/lib/i18n/quantity';

/** The longest figure of each unit, in widths of a digit. */
const widths: Readonly<Record<Unit | 'count' | 'hundreds' | 'thousands' | 'measure', number>> = {
  percent: 6,
  memoryBytes: 7,
  storageBytes: 7,
  bytesPerSecond: 8.5,
  perSecond: 6,
  milliseconds: 7,
  celsius: 6.5,
  rpm: 8.5,
  volt: 6,
  watt: 6,
  load: 4,
  frequencyMHz: 7,
  count: 2,
  hundreds: 3,
  thousands: 5,
  measure: 6.5,
};

export interface FigureProps {
  /** `count`, `hundreds`, `thousands`: numbers without a unit; `measure`: in a unit that a sensor brought. */
  readonly unit: keyof typeof widths;
  /** Where the room stands that a shorter figure leaves. */
  readonly room?: 'before' | 'after';
  readonly children: ReactNode;
  readonly className?: string;
}

/** A figure that changes while it is looked at: what stands beside it stays where it is. */
export function Figure({ unit, room = 'before', children, className = '' }: FigureProps) {
  return (
    <span
      className={`inline-block whitespace-nowrap ${room === 'before' ? 'text-right' : 'text-left'} ${className}`}
      style={{ minWidth: `${widths[unit]}ch` }}
    >
      {children}
    </span>
  );
}
