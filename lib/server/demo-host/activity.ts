const hourMs = 3_600_000;
const weekMs = 168 * hourMs;
/** 1970-01-01 was a Thursday; weekends are centred on the midnight between Saturday and Sunday. */
const weekendMs = 3 * 24 * hourMs;

/**
 * User activity, 0..1: a quiet night, a breakfast, a long evening, fuller weekends. The
 * hours are UTC, since a value that depends on a time zone would differ for the same seed.
 */
export function activityAt(unixMs: number): number {
  const hour = (unixMs / hourMs) % 24;
  const day = 0.06 + 0.32 * bump(hour, 8, 3) + 0.4 * bump(hour, 14, 5) + 0.72 * bump(hour, 20, 4.5);
  const week = 1 + 0.14 * Math.cos((2 * Math.PI * (unixMs - weekendMs)) / weekMs);
  return Math.min(1, day * week);
}

/** Daylight, 0..1, the same all year: highest at 13:00 UTC. */
export function daylightAt(unixMs: number): number {
  return bump((unixMs / hourMs) % 24, 13, 8);
}

/** 1 at the peak, 0 from `halfWidth` hours off it, around the clock. */
function bump(hour: number, peak: number, halfWidth: number): number {
  const apart = Math.abs(hour - peak);
  const distance = Math.min(apart, 24 - apart);
  return distance >= halfWidth ? 0 : (1 + Math.cos((Math.PI * distance) / halfWidth)) / 2;
}
