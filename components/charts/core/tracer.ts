import type { Timeline } from '@/lib/client/store/timeline';
import type { Strand } from './edges';
import { createGrowth } from './growth';
import { createOutline, type Outline, tenth } from './outline';

export interface Projection<Row> {
  /** Unix ms to pixels. The same for the life of a tracer: what is drawn stays where it is. */
  readonly x: (t: number) => number;
  /** A value to pixels. */
  readonly y: (value: number) => number;
  /** Rows further apart than this are not joined: what lies between is not known. */
  readonly holeMs: number;
  readonly strands: readonly Strand<Row>[];
}

/** Turns rows into paths, one per edge in the order of the strands. What was drawn before costs nothing again. */
export interface Tracer<Row extends { readonly t: number }> {
  draw(timeline: Timeline<Row>): readonly string[];
}

export function createTracer<Row extends { readonly t: number }>(projection: Projection<Row>): Tracer<Row> {
  const growth = createGrowth<Row>();
  let pens = projection.strands.map((strand) => createPen(strand, projection));

  return {
    draw(timeline) {
      const from = growth.read(timeline);
      if (from === 0) pens = projection.strands.map((strand) => createPen(strand, projection));
      const { rows, followsGap } = timeline;
      for (let index = from; index < rows.length; index += 1) {
        const row = rows[index];
        if (!row) continue;
        const torn = followsGap(row);
        for (const pen of pens) pen.take(row, torn);
      }
      return pens.flatMap((pen) => pen.paths());
    },
  };
}

/** Draws one strand: runs of rows without a hole. */
function createPen<Row extends { readonly t: number }>(
  { edges, carries, count, filled }: Strand<Row>,
  { x, y, holeMs }: Projection<Row>,
) {
  const done = Array.from({ length: count }, () => '');
  let run: Outline[] = [];
  let previous = Number.NEGATIVE_INFINITY;
  let torn = false;
  const base = tenth(y(0));

  function pathOf(edge: number): string {
    const outline = run[edge];
    if (!outline) return '';
    // A lone sample is a dot-sized dash.
    if (!filled) return `M${outline.forward()}${outline.count === 1 ? 'h0.1' : ''}`;
    const floor =
      run[edge - 1]?.backward() ?? `${tenth(outline.lastX)} ${base}L${tenth(outline.firstX)} ${base}`;
    return `M${outline.forward()}L${floor}Z`;
  }

  function endRun(): void {
    for (let edge = 0; edge < run.length; edge += 1) done[edge] += pathOf(edge);
    run = [];
  }

  return {
    take(row: Row, isTorn: boolean): void {
      torn ||= isTorn;
      if (!carries(row)) return;
      const heights = edges(row);
      if (!heights || torn || row.t - previous > holeMs) endRun();
      torn = false;
      previous = row.t;
      if (!heights) return;
      if (run.length === 0) run = heights.map(createOutline);
      const at = x(row.t);
      for (const [edge, height] of heights.entries()) run[edge]?.add(at, y(height));
    },
    paths: (): readonly string[] => done.map((path, edge) => path + pathOf(edge)),
  };
}
