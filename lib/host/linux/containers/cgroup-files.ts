/** One figure of a flat-keyed cgroup file such as `cpu.stat` (cgroup-v2.rst); `null` when it has none of this name. */
export function keyedFigure(text: string, name: string): number | null {
  const [, digits] = new RegExp(`^${name} (\\d{1,20})$`, 'm').exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** A cgroup file of one number; `null` for `max`, which is no limit, and for anything else. */
export function singleFigure(text: string): number | null {
  return /^\d{1,20}\n?$/.test(text) ? Number(text) : null;
}

/** What is in use as `docker stats` shows it: without the page cache that the kernel would drop first. */
export function usedMemory(current: number | null, memoryStat: string): number | null {
  if (current === null) return null;
  return Math.max(0, current - (keyedFigure(memoryStat, 'inactive_file') ?? 0));
}
