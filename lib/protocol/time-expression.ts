/** Nothing that this program has measured is older: Unix ms. */
export const earliestTime = Date.UTC(2020, 0, 1);
/** What is asked or planned for lies before: the last year that ISO 8601 writes with four digits. Unix ms. */
const latestTime = Date.UTC(10_000, 0, 1);

const isPlausible = (t: number) => t >= earliestTime && t < latestTime;

/** Milliseconds in each of the other units of Unix time. */
const otherUnits: readonly (readonly [name: string, ms: number])[] = [
  ['seconds', 1_000],
  ['microseconds', 1e-3],
  ['nanoseconds', 1e-6],
];

/** What is wrong with a number that is given as Unix milliseconds, in words; `null` for 2020 to 9999. */
export function wrongUnixMs(t: number): string | null {
  if (isPlausible(t)) return null;
  const unit = otherUnits.find(([, ms]) => isPlausible(t * ms))?.[0];
  const when = t < latestTime ? `in ${new Date(t).getUTCFullYear()}` : 'after the year 9999';
  return `takes Unix milliseconds; this is ${when}${unit ? `, are these ${unit}?` : ''}`;
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** A time once the present is known; both Unix ms. */
export type MomentAt = (now: number) => number;

/**
 * A time as a query has it: Unix ms, ISO 8601 with its zone (`2026-11-23T03:12:00Z`), or how long ago it was (`-90s`,
 * `-6h`, `now`). `null` for anything else, days that no calendar has included.
 */
export function parseTimeExpression(text: string): MomentAt | null {
  if (/^\d{1,15}$/.test(text)) return () => Number(text);
  if (text === 'now') return (now) => now;
  const [, count, unit] = /^-(\d{1,9})([smhdw])$/.exec(text) ?? [];
  if (count && unit) return (now) => now - Number(count) * (unitMs[unit] ?? Number.NaN);
  // In an address that is not encoded, the plus of a zone is a space.
  const iso = text.replace(/ (?=\d{2}:?\d{2}$)/, '+');
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})$/.test(iso)) return null;
  if (!isCalendarDay(iso.slice(0, 10))) return null;
  const t = Date.parse(iso.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  return Number.isNaN(t) ? null : () => t;
}

/** Whether there is a day `YYYY-MM-DD`: `Date.parse` takes 30 February for 2 March. */
function isCalendarDay(day: string): boolean {
  const t = Date.parse(day);
  return !Number.isNaN(t) && new Date(t).toISOString().startsWith(day);
}
