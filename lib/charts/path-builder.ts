import { createGrowth, type GrowingRows } from './appended-rows';
import { Outline, tenth } from './outline';
import type { PathGroup } from './path-groups';

/** The width of a dot, in px. */
const dotPx = 0.1;

export interface Projection<Row> {
  /** Unix ms to px. The same for the life of a builder: what is drawn stays where it is. */
  readonly x: (t: number) => number;
  /** A value to pixels. */
  readonly y: (value: number) => number;
  /** Rows further apart than this are not joined: what lies between is not known. */
  readonly gapMs: number;
  /** How wide a row is drawn that has no neighbour; a dot when left out. */
  readonly lonePx?: number | undefined;
  readonly groups: readonly PathGroup<Row>[];
}

/** Turns rows into paths, one per edge in the order of the groups. What was drawn before costs nothing again. */
export interface PathBuilder<Row extends { readonly t: number }> {
  draw(timeline: GrowingRows<Row>): readonly string[];
}

export function createPathBuilder<Row extends { readonly t: number }>(
  projection: Projection<Row>,
): PathBuilder<Row> {
  const growth = createGrowth<Row>();
  let pens = projection.groups.map((group) => createPen(group, projection));

  return {
    draw(timeline) {
      const from = growth.read(timeline);
      if (from === 0) pens = projection.groups.map((group) => createPen(group, projection));
      const { rows, followsGap } = timeline;
      for (let index = from; index < rows.length; index += 1) {
        const row = rows[index];
        if (!row) continue;
        const gap = followsGap(row);
        for (const pen of pens) pen.take(row, gap);
      }
      return pens.flatMap((pen) => pen.paths());
    },
  };
}

/** Draws one group: runs of rows without a gap. */
function createPen<Row extends { readonly t: number }>(
  { edges, carries, count, filled }: PathGroup<Row>,
  { x, y, gapMs, lonePx = dotPx }: Projection<Row>,
) {
  const done = Array.from({ length: count }, () => '');
  let run: Outline[] = [];
  let last: readonly number[] = [];
  let previous = Number.NEGATIVE_INFINITY;
  let gap = false;
  const base = tenth(y(0));

  function pathOf(edge: number): string {
    const outline = run[edge];
    if (!outline) return '';
    const isLone = outline.count === 1;
    if (!filled) return `M${outline.forward()}${isLone ? `h${tenth(lonePx)}` : ''}`;
    if (isLone && lonePx > dotPx) {
      const floor = edge > 0 ? tenth(y(last[edge - 1] ?? 0)) : base;
      return `M${outline.forward()}h${tenth(lonePx)}V${floor}h${-tenth(lonePx)}Z`;
    }
    const floor =
      run[edge - 1]?.backward() ?? `${tenth(outline.lastX)} ${base}L${tenth(outline.firstX)} ${base}`;
    return `M${outline.forward()}L${floor}Z`;
  }

  function endRun(): void {
    for (let edge = 0; edge < run.length; edge += 1) done[edge] += pathOf(edge);
    run = [];
  }

  return {
    take(row: Row, followsGap: boolean): void {
      gap ||= followsGap;
      if (!carries(row)) return;
      const heights = edges(row);
      if (!heights || gap || row.t - previous > gapMs) endRun();
      gap = false;
      previous = row.t;
      if (!heights) return;
      if (run.length === 0) run = heights.map(() => new Outline());
      last = heights;
      const at = x(row.t);
      for (const [edge, height] of heights.entries()) run[edge]?.add(at, y(height));
    },
    paths: (): readonly string[] => done.map((path, edge) => path + pathOf(edge)),
  };
}
