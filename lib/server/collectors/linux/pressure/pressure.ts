import { counterOf } from '../../counter-rates';

/** One line of a file under `/proc/pressure`. A figure that is none is `null`. */
export interface Stall {
  /** The kernel's average over 10 s, in percent. */
  readonly avg10: number | null;
  /** Microseconds since boot in which tasks waited. */
  readonly totalMicroseconds: number | null;
}

/** A line is `null` where the kernel has none: `full` for the CPU before Linux 5.13. */
export interface ResourcePressure {
  readonly some: Stall | null;
  readonly full: Stall | null;
}

const figures = 'avg10=(\\S*) avg60=\\S* avg300=\\S* total=(\\S*)\\n';
const someLine = new RegExp(`^some ${figures}`, 'm');
const fullLine = new RegExp(`^full ${figures}`, 'm');

/** Reads a file under `/proc/pressure` (Documentation/accounting/psi.rst); `null` when it has no figure in a whole line. */
export function parsePressure(text: string): ResourcePressure | null {
  const some = stallOf(someLine.exec(text));
  const full = stallOf(fullLine.exec(text));
  return some || full ? { some, full } : null;
}

function stallOf(line: RegExpExecArray | null): Stall | null {
  const [, average = '', total] = line ?? [];
  const avg10 = /^\d{1,3}\.\d\d$/.test(average) ? Math.min(100, Number(average)) : null;
  const totalMicroseconds = counterOf(total);
  return avg10 === null && totalMicroseconds === null ? null : { avg10, totalMicroseconds };
}
