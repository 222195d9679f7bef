/** Which values a trend is computed from. */
export interface TrendWindow {
  readonly windowMs: number;
  /** Values that are nearer to each other are one point, the newest of them. */
  readonly spacingMs: number;
  /** With less than this there is no trend. */
  readonly spanMsMin: number;
  readonly pointsMin: number;
}

/** Recent values over the host's watched time, oldest first. At most `windowMs / spacingMs + 2` of them. */
export interface Points {
  readonly at: number[];
  readonly values: number[];
  /** The clock's `skippedMs` at the newest. */
  skippedMs: number;
}

const hourMs = 3_600_000;

/** A rise is computed over a minute, of slower metrics from one value to the next. */
export const riseWindow: TrendWindow = {
  windowMs: 60_000,
  spacingMs: 5_000,
  spanMsMin: 30_000,
  pointsMin: 2,
};

/** A forecast looks back a quarter as far as it looks ahead. */
export function forecastWindow(hours: number): TrendWindow {
  const windowMs = Math.min(Math.max((hours * hourMs) / 4, hourMs / 4), 24 * hourMs);
  return { windowMs, spacingMs: windowMs / 60, spanMsMin: windowMs / 4, pointsMin: 5 };
}

/** After a skip of more than this share of the window, earlier points are dropped. */
const toleratedSkip = 1 / 20;

export function addPoint(
  points: Points | null,
  { windowMs, spacingMs }: TrendWindow,
  now: { readonly watchedMs: number; readonly skippedMs: number },
  value: number,
): Points {
  if (!points || now.skippedMs - points.skippedMs > windowMs * toleratedSkip) {
    return { at: [now.watchedMs], values: [value], skippedMs: now.skippedMs };
  }
  const { at, values } = points;
  const [before, newest] = [at.at(-2), at.at(-1)];
  if (before !== undefined && newest !== undefined && newest - before < spacingMs) {
    at.pop();
    values.pop();
  }
  at.push(now.watchedMs);
  values.push(value);
  while (at.length > 2 && (at[1] ?? 0) <= now.watchedMs - windowMs) {
    at.shift();
    values.shift();
  }
  points.skippedMs = now.skippedMs;
  return points;
}

/** Least squares over the points from index `from` on: units per ms; `null` for fewer than two times. */
function slope({ at, values }: Points, from: number): number | null {
  const count = at.length - from;
  let sumX = 0;
  let sumY = 0;
  for (let index = from; index < at.length; index += 1) {
    sumX += at[index] ?? 0;
    sumY += values[index] ?? 0;
  }
  let above = 0;
  let below = 0;
  for (let index = from; index < at.length; index += 1) {
    const x = (at[index] ?? 0) - sumX / count;
    above += x * ((values[index] ?? 0) - sumY / count);
    below += x * x;
  }
  return below > 0 ? above / below : null;
}

function isEnough({ at }: Points, { spanMsMin, pointsMin }: TrendWindow): boolean {
  return at.length >= pointsMin && (at.at(-1) ?? 0) - (at[0] ?? 0) >= spanMsMin;
}

/** Units per minute; `null` while there are too few points. */
export function risePerMinute(points: Points): number | null {
  if (!isEnough(points, riseWindow)) return null;
  const perMs = slope(points, 0);
  return perMs === null ? null : perMs * 60_000;
}

/**
 * Hours until a percentage is 100 at the present rate; infinite when it does not rise, `null` while there are too few
 * points. The younger half must rise as well: one large download is no trend.
 */
export function hoursUntilFull(points: Points, window: TrendWindow): number | null {
  const value = points.values.at(-1);
  if (value === undefined) return null;
  if (value >= 100) return 0;
  if (!isEnough(points, window)) return null;
  const middle = ((points.at[0] ?? 0) + (points.at.at(-1) ?? 0)) / 2;
  const young = Math.min(
    points.at.findIndex((at) => at >= middle),
    points.at.length - 2,
  );
  const whole = slope(points, 0);
  const recent = slope(points, young);
  if (whole === null || recent === null) return null;
  const perHour = Math.min(whole, recent) * hourMs;
  return perHour > 1e-9 ? (100 - value) / perHour : Number.POSITIVE_INFINITY;
}
