import type { HistoryData } from './use-history';

export interface Projection {
  readonly x: (t: number) => number;
  readonly y: (value: number) => number;
}

/** A value stands for so many of the usual distances to the next one: what comes seldom has no value in most steps. */
const reach = 2.5;

/** How far apart values are as a rule, in ms; a step where there are fewer than two. */
function usualGapMs({ points, stepMs }: HistoryData): number {
  const times = points.filter(([, , avg]) => avg !== null).map(([t]) => t);
  const gaps = times.slice(1).map((t, index) => t - (times[index] ?? t));
  return gaps.sort((one, other) => one - other)[(gaps.length - 1) >> 1] ?? stepMs;
}

const px = (value: number) => value.toFixed(1);

/** The line of the means, and the band from the lowest to the highest; both end where there is a hole. */
export function historyPaths(
  data: HistoryData,
  { x, y }: Projection,
): { readonly line: string; readonly band: string } {
  const { points, stepMs } = data;
  const usualMs = usualGapMs(data);
  // At each step something is missing as soon as one is; further apart, words come when they come.
  const holeMs = usualMs > stepMs ? reach * usualMs : stepMs;
  let line = '';
  let band = '';
  let run: (readonly [number, number, number, number])[] = [];
  const close = () => {
    const first = run[0];
    if (!first) return;
    // A lone point is a dash as long as what it stands for.
    const drawn = run.length > 1 ? run : [first, [first[0] + usualMs, first[1], first[2], first[3]] as const];
    line += drawn.map(([t, , avg], index) => `${index === 0 ? 'M' : 'L'}${px(x(t))} ${px(y(avg))}`).join('');
    band += `${drawn.map(([t, , , max], index) => `${index === 0 ? 'M' : 'L'}${px(x(t))} ${px(y(max))}`).join('')}${drawn
      .toReversed()
      .map(([t, min]) => `L${px(x(t))} ${px(y(min))}`)
      .join('')}Z`;
    run = [];
  };
  for (const [t, min, avg, max] of points) {
    if (min === null || avg === null || max === null) continue;
    if (t - (run.at(-1)?.[0] ?? t) > holeMs) close();
    run.push([t, min, avg, max]);
  }
  close();
  return { line, band };
}
