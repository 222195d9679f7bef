/** What both pages show: twelve charts of one line each, the last 300 s, a tick a second. */
export const charts = 12;
export const spanMs = 300_000;
export const tickMs = 1000;

/** How many points each chart has; the address says it. */
export const points = Number(new URLSearchParams(location.search).get('points') ?? 300);
const stepMs = spanMs / points;
const start = Date.now();

/** When a sample was taken, in Unix ms: the last of the first 300 s when the page was opened. */
export const timeOf = (index: number) => start + (index - points + 1) * stepMs;

/** A value from 0 to 100: a wave with noise on it, another for each chart, the same on each page. */
export function sample(chart: number, index: number): number {
  const noise = Math.abs(Math.sin(index * 12.9898 + chart * 78.233) * 43758.5453) % 1;
  return 50 + 30 * Math.sin(index / (20 + chart)) + 20 * (noise - 0.5);
}
