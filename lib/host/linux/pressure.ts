/** One line of a file under `/proc/pressure`. */
export interface Stall {
  /** The kernel's average over 10 s, in percent. */
  readonly avg10: number;
  /** Microseconds since boot in which tasks waited. */
  readonly totalMicroseconds: number;
}

/** `full` is `null` where the kernel has no such line: for the CPU before Linux 5.13. */
export interface ResourcePressure {
  readonly some: Stall;
  readonly full: Stall | null;
}

const averages = 'avg10=(\\d{1,3}\\.\\d\\d) avg60=\\S+ avg300=\\S+ total=(\\d{1,20})\\n';
const someLine = new RegExp(`^some ${averages}`, 'm');
const fullLine = new RegExp(`^full ${averages}`, 'm');

/** Reads a file under `/proc/pressure` (Documentation/accounting/psi.rst); `null` when it has no whole `some` line. */
export function parsePressure(text: string): ResourcePressure | null {
  const some = stallOf(someLine.exec(text));
  return some && { some, full: stallOf(fullLine.exec(text)) };
}

function stallOf(line: RegExpExecArray | null): Stall | null {
  return line && { avg10: Math.min(100, Number(line[1])), totalMicroseconds: Number(line[2]) };
}
