/** Nothing that this program has measured is older: Unix ms. */
export const earliestMoment = Date.UTC(2020, 0, 1);

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A moment once it is known when now is; both Unix ms. */
export type MomentAt = (now: number) => number;

/**
 * A moment as a query has it: Unix ms, ISO 8601 with its zone (`2026-11-23T03:12:00Z`), or how long ago it was (`-90s`,
 * `-6h`, `now`). `null` for anything else.
 */
export function momentOf(text: string): MomentAt | null {
  if (/^\d{1,15}$/.test(text)) return () => Number(text);
  if (text === 'now') return (now) => now;
  const [, count, unit] = /^-(\d{1,9})([smhdw])$/.exec(text) ?? [];
  if (count && unit) return (now) => now - Number(count) * (unitMs[unit] ?? Number.NaN);
  // In an address that is not encoded, the plus of a zone is a space.
  const iso = text.replace(/ (?=\d{2}:?\d{2}$)/, '+');
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})$/.test(iso)) return null;
  const t = Date.parse(iso.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(t) ? null : () => t;
}
