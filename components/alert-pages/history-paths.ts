import type { HistoryData } from './use-history';

export interface Projection {
  readonly x: (t: number) => number;
  readonly y: (value: number) => number;
}

const px = (value: number) => value.toFixed(1);

/** The line of the means, and the band from the lowest to the highest; both end where there is a hole. */
export function historyPaths(
  { points, stepMs }: HistoryData,
  { x, y }: Projection,
): { readonly line: string; readonly band: string } {
  let line = '';
  let band = '';
  let run: (readonly [number, number, number, number])[] = [];
  const close = () => {
    const first = run[0];
    if (!first) return;
    // A lone point is a dash as long as its step.
    const drawn = run.length > 1 ? run : [first, [first[0] + stepMs, first[1], first[2], first[3]] as const];
    line += drawn.map(([t, , avg], index) => `${index === 0 ? 'M' : 'L'}${px(x(t))} ${px(y(avg))}`).join('');
    band += `${drawn.map(([t, , , max], index) => `${index === 0 ? 'M' : 'L'}${px(x(t))} ${px(y(max))}`).join('')}${drawn
      .toReversed()
      .map(([t, min]) => `L${px(x(t))} ${px(y(min))}`)
      .join('')}Z`;
    run = [];
  };
  for (const [t, min, avg, max] of points) {
    if (min === null || avg === null || max === null) close();
    else run.push([t, min, avg, max]);
  }
  close();
  return { line, band };
}
