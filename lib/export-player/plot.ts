import { usualDistance } from '@/lib/charts/gaps';
import { tenth } from '@/lib/charts/outline';
import { createPathBuilder } from '@/lib/charts/path-builder';
import type { PathGroup } from '@/lib/charts/path-groups';
import { fractionOf } from '@/lib/charts/time-axis';
import { axisAround, axisTop } from '@/lib/charts/value-axis';
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

/** How many steps lie between two values as a rule: not everything is measured at each step. */
export const strideOf = (values: Values): number =>
  usualDistance([...values.keys()].filter((index) => values[index] !== null)) ?? 1;

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

interface Step {
  readonly t: number;
  readonly index: number;
}

/** The steps in which something was measured, as paths. */
function paths(values: Values, frame: Frame, group: Pick<PathGroup<Step>, 'count' | 'filled' | 'edges'>) {
  const { width, height, bottom, top, start, stepMs } = frame;
  const rows = [...values.keys()]
    .filter((index) => values[index] !== null)
    .map((index): Step => ({ index, t: start + (index + 0.5) * stepMs }));
  const builder = createPathBuilder({
    x: (t) => fractionOf(t, frame) * width,
    y: (value) => height - ((Math.min(top, value) - bottom) / (top - bottom)) * height,
    // Half a step more than can be bridged, so that rounding never decides.
    gapMs: (reachOf(strideOf(values)) + 0.5) * stepMs,
    groups: [{ ...group, carries: () => true }],
  });
  return builder.draw({ rows, revision: rows.length, followsGap: () => false });
}

/** A line as the `d` of a path; a lone value is a dot. */
export function linePath(values: Values, frame: Frame): string {
  const edges = ({ index }: Step) => [values[index] ?? 0];
  return paths(values, frame, { count: 1, filled: false, edges })[0] ?? '';
}

/** What lies between two lines as the `d` of a path. Where the lower one has no value, the axis is meant. */
export function bandPath(lower: Values | null, upper: Values, frame: Frame): string {
  const edges = ({ index }: Step) => [lower?.[index] ?? frame.bottom, upper[index] ?? 0];
  return paths(upper, frame, { count: 2, filled: true, edges })[1] ?? '';
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
  const { from, to, start, stepMs, width } = frame;
  const middleOf = (index: number) => fractionOf(start + (index + 0.5) * stepMs, { from, to }) * width;
  const stepPx = ((stepMs / (to - from)) * width) / 2;
  const levelOf = (value: number | null | undefined) =>
    value == null ? -1 : Math.min(levels - 1, Math.floor((value / frame.top) * levels));
  for (const [row, values] of rows.entries()) {
    const y = tenth(row * height);
    let begin = 0;
    for (let index = 1; index <= values.length; index += 1) {
      const level = levelOf(values[begin]);
      if (index < values.length && levelOf(values[index]) === level) continue;
      const left = Math.max(0, tenth(middleOf(begin) - stepPx));
      const right = Math.min(width, tenth(middleOf(index - 1) + stepPx));
      if (level >= 0 && right > left)
        paths[level] += `M${left} ${y}h${tenth(right - left)}v${inner}h${tenth(left - right)}z`;
      begin = index;
    }
  }
  return paths;
}

/** The least that an axis from 0 goes to. */
const topMin = 1e-6;

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
  return isFar ? axisAround({ low, high }) : [0, axisTop({ low, high }, topMin)];
}
