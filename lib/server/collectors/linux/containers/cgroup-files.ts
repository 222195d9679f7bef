import { counterOf } from '../../counter-rates';

/** `LONG_MAX` in pages: how a kernel may write that there is no limit. Nothing has as many bytes or microseconds. */
const nothingFrom = 2 ** 62;

/** A number of bytes, µs or events; `null` for anything else, and for what no machine has. */
function figureOf(digits: string | undefined): number | null {
  const figure = counterOf(digits);
  return figure !== null && figure < nothingFrom ? figure : null;
}

/** One figure of a flat-keyed cgroup file such as `cpu.stat` (cgroup-v2.rst); `null` when it has none of this name. */
export function keyedFigure(text: string, name: string): number | null {
  const [, digits] = new RegExp(`^${name} (\\d{1,20})$`, 'm').exec(text) ?? [];
  return figureOf(digits);
}

/** A cgroup file of one number; `null` for `max`, which is no limit, and for anything else. */
export function singleFigure(text: string): number | null {
  return figureOf(text.endsWith('\n') ? text.slice(0, -1) : text);
}

/** What is in use as `docker stats` shows it: without the page cache that the kernel would drop first. */
export function usedMemory(current: number | null, memoryStat: string): number | null {
  if (current === null) return null;
  return Math.max(0, current - (keyedFigure(memoryStat, 'inactive_file') ?? 0));
}
