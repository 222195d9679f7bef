import type { Values } from '@/lib/protocol/exported-file';

/** How times and values become pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Unix ms: what the axis shows. */
  readonly from: number;
  readonly to: number;
  /** Where the first step begins, and how long each is. */
  readonly start: number;
  readonly stepMs: number;
  readonly bottom: number;
  readonly top: number;
}

const tenth = (value: number) => Math.round(value * 10) / 10;

const xOf = ({ width, from, to, start, stepMs }: Frame, index: number) =>
  tenth(((start + (index + 0.5) * stepMs - from) / (to - from)) * width);

const yOf = ({ height, bottom, top }: Frame, value: number) =>
  tenth(height - ((Math.min(top, value) - bottom) / (top - bottom)) * height);

/** How many steps lie between two values as a rule: not everything is measured at each step. */
export function strideOf(values: Values): number {
  const distances: number[] = [];
  let before = -1;
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    if (before >= 0) distances.push(index - before);
    before = index;
  }
  distances.sort((one, other) => one - other);
  return distances[(distances.length - 1) >> 1] ?? 1;
}

/** How many steps a value stands for where the next is missing. */
const reachOf = (stride: number) => Math.ceil(stride * 1.5) + (stride > 1 ? 1 : 0);

/** The value at a moment (Unix ms), or the last one before as long as it stands; `null` where nothing is known. */
export function valueAt(
  values: Values,
  stride: number,
  { start, stepMs }: Pick<Frame, 'start' | 'stepMs'>,
  t: number,
): number | null {
  const index = Math.min(values.length - 1, Math.floor((t - start) / stepMs));
  for (let at = index; at >= Math.max(0, index - reachOf(stride)); at -= 1) {
    const value = values[at] ?? null;
    if (value !== null) return value;
  }
  return null;
}

/** The steps in which something was measured, in runs without a hole. */
function runsOf(values: Values, stride: number): number[][] {
  const runs: number[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    if (index - last > reachOf(stride)) runs.push([]);
    runs.at(-1)?.push(index);
    last = index;
  }
  return runs;
}

/** A line as the `d` of a path; a lone value is a dot. */
export function linePath(values: Values, frame: Frame): string {
  return runsOf(values, strideOf(values))
    .map((run) => {
      const points = run.map((index) => `${xOf(frame, index)} ${yOf(frame, values[index] ?? 0)}`);
      return `M${points.join('L')}${run.length === 1 ? 'h0.1' : ''}`;
    })
    .join('');
}

/** What lies between two lines as the `d` of a path. Where the lower one has no value, the axis is meant. */
export function bandPath(lower: Values | null, upper: Values, frame: Frame): string {
  return runsOf(upper, strideOf(upper))
    .map((run) => {
      const over = run.map((index) => `${xOf(frame, index)} ${yOf(frame, upper[index] ?? 0)}`);
      const under = run
        .toReversed()
        .map((index) => `${xOf(frame, index)} ${yOf(frame, lower?.[index] ?? frame.bottom)}`);
      return `M${over.join('L')}L${under.join('L')}Z`;
    })
    .join('');
}

/** Layers on each other: the sums up to each. A part that is missing while another is there counts as none. */
export function stacked(layers: readonly Values[]): readonly Values[] {
  const sums: (number | null)[][] = [];
  for (const layer of layers) {
    const below = sums.at(-1);
    sums.push(
      layer.map((value, index) => {
        const under = below?.[index] ?? null;
        return value === null && under === null ? null : (under ?? 0) + (value ?? 0);
      }),
    );
  }
  return sums;
}

/** Rows of squares by how much, in `levels` strengths: the `d` of a path for each, the faintest first. */
export function heatPaths(rows: readonly Values[], frame: Frame, levels: number): readonly string[] {
  const paths = Array.from({ length: levels }, () => '');
  const height = frame.height / rows.length;
  const inner = tenth(Math.max(0.5, height - (height > 4 ? 1 : 0)));
  const stepPx = ((frame.stepMs / (frame.to - frame.from)) * frame.width) / 2;
  const levelOf = (value: number | null | undefined) =>
    value == null ? -1 : Math.min(levels - 1, Math.floor((value / frame.top) * levels));
  for (const [row, values] of rows.entries()) {
    const y = tenth(row * height);
    let begin = 0;
    for (let index = 1; index <= values.length; index += 1) {
      const level = levelOf(values[begin]);
      if (index < values.length && levelOf(values[index]) === level) continue;
      const left = Math.max(0, tenth(xOf(frame, begin) - stepPx));
      const right = Math.min(frame.width, tenth(xOf(frame, index - 1) + stepPx));
      if (level >= 0 && right > left)
        paths[level] += `M${left} ${y}h${tenth(right - left)}v${inner}h${tenth(left - right)}z`;
      begin = index;
    }
  }
  return paths;
}

/** Bottom and top of an axis: from 0, or around the values where those are far from it (as of temperatures). */
export function axisOf(all: readonly Values[], top: number | null, isFarFromZero: boolean): [number, number] {
  if (top !== null) return [0, top];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of all) {
    for (const value of values) {
      if (value === null) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) return [0, 1];
  const isFar = low < 0 || (isFarFromZero && low > 0 && (high - low) / high < 0.5);
  const span = isFar ? Math.max((high - low) * 1.3, Math.abs(high) * 0.02) : high * 1.08;
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(span, 1e-6)));
  const step = ([1, 2, 3, 4, 5, 8, 10].find((one) => one * magnitude >= span) ?? 10) * magnitude;
  if (!isFar) return [0, Number(step.toPrecision(6))];
  const grain = step / 4;
  const bottom = Math.floor(low / grain) * grain;
  const up = Math.max(bottom + step, Math.ceil(high / grain) * grain);
  return [Number(bottom.toPrecision(6)), Number(up.toPrecision(6))];
}
