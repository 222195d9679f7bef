import {
  type AnnotationLine,
  type AxisGap,
  annotationPath,
  annotationTones,
  gapSpans,
} from '@/lib/charts/annotation-lines';
import { createPathBuilder, type PathBuilder } from '@/lib/charts/path-builder';
import type { PathGroup } from '@/lib/charts/path-groups';
import { fractionOf } from '@/lib/charts/time-axis';
import type { DisplayStore } from '@/lib/client/store/display-store';
import type { Timeline } from '@/lib/client/store/timeline';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import { rangeOf, type TimeDomain } from '../live-time';
import { strokeRoom } from '../stroke-room';
import { crosshair, pointedTime } from './crosshair';
import { createMotion } from './motion';
import { rowOf } from './value-at';

/** What a layer draws, and where: one `path` per edge, one per tone of mark, one `circle` per edge. */
export interface PathLayerParts<T extends LoggedType> {
  readonly svg: SVGSVGElement;
  /** Shows where the crosshair is; a sparkline has none. */
  readonly line: HTMLElement | null;
  readonly store: DisplayStore;
  readonly type: T;
  readonly groups: readonly PathGroup<LoggedPayloads[T]>[];
  readonly bottom: number;
  readonly top: number;
  readonly gapMs: number | undefined;
  readonly domain: TimeDomain;
  readonly timeline: Timeline<LoggedPayloads[T]> | undefined;
  readonly marks: readonly AnnotationLine[];
  readonly gaps: readonly AxisGap[];
  /** Of the layer, `strokeRoom` above and below the plot included. */
  readonly width: number;
  readonly height: number;
}

/** The time that a layer keeps before the shown range: samples that have just left it need no redraw. */
const leadMs = 120_000;
/** After so long a layer is drawn anew, each at another time so that no frame has to draw them all. */
const keptMsMin = 60_000;
const staggerMs = 1_500;
let created = 0;

let motionWelcome: MediaQueryList | null = null;

/** Draws rows on a layer that is wider than its plot, and moves the layer as time passes. */
export function createPathLayer<T extends LoggedType>(parts: PathLayerParts<T>) {
  const { svg, line, store, type, groups, bottom, top, domain, marks, gaps, width, height } = parts;
  motionWelcome ??= matchMedia('(prefers-reduced-motion: no-preference)');
  const motion = createMotion(svg);
  const isLive = domain === 'live';
  const { from, to } = rangeOf(domain, 0);
  const pxPerMs = width / (to - from);
  const keptMs = keptMsMin + (created++ % 16) * staggerMs;
  const paths = [...svg.querySelectorAll<SVGPathElement>('path:not([data-mark])')];
  const dots = [...svg.querySelectorAll('circle')];
  const plotHeight = height - 2 * strokeRoom;

  let builder: PathBuilder<LoggedPayloads[T]> | null = null;
  let origin = 0;
  let anchoredAt = 0;
  let traced: { readonly of: object; readonly revision: number } | null = null;
  let isOnScreen = true;
  let isPointing = false;

  const x = (t: number) => (t - origin) * pxPerMs;
  const y = (value: number) => {
    const held = Math.min(top, Math.max(bottom, value));
    return strokeRoom + plotHeight * (1 - (held - bottom) / (top - bottom));
  };
  const rows = () => parts.timeline ?? store.table(type);
  const gapMs = () => parts.gapMs ?? store.gapMsOf(type);

  function gapRect({ left, across }: { readonly left: number; readonly across: number }): SVGRectElement {
    const rect = document.createElementNS(svg.namespaceURI ?? '', 'rect') as SVGRectElement;
    for (const [name, px] of Object.entries({ x: left, width: across, height }))
      rect.setAttribute(name, px.toFixed(1));
    return rect;
  }

  /** Where things are on the layer is settled here, until it is anchored anew. */
  function anchor(now: number): void {
    anchoredAt = now;
    origin = isLive ? rangeOf(domain, now).from - leadMs : from;
    builder = createPathBuilder({ x, y, gapMs: gapMs(), groups });
    traced = null;
    // Of a moving axis the layer is wider than its plot, on both sides.
    const across = isLive ? width + (leadMs + keptMs) * pxPerMs : width;
    svg.querySelector('[data-gaps]')?.replaceChildren(...gapSpans(gaps, x, across).map(gapRect));
    for (const tone of annotationTones) {
      const path = svg.querySelector(`[data-mark=${tone}]`);
      path?.setAttribute('d', annotationPath(marks, tone, x, height));
    }
  }

  function trace(): boolean {
    const timeline = rows();
    if (traced?.of === timeline && traced.revision === timeline.revision) return false;
    traced = { of: timeline, revision: timeline.revision };
    builder?.draw(timeline).forEach((path, index) => {
      paths[index]?.setAttribute('d', path);
    });
    return true;
  }

  function place(now: number): void {
    const px = isLive ? x(rangeOf(domain, now).from) : 0;
    const glides = isLive && isOnScreen && store.pausedAt === null && motionWelcome?.matches;
    if (glides) motion.glide(px, pxPerMs);
    else motion.hold(px);
  }

  function draw(): void {
    if (!isOnScreen) return;
    const now = store.hostNow();
    const isStale = now - anchoredAt > keptMs || now < anchoredAt;
    if (!builder || (isLive && isStale)) anchor(now);
    const changed = trace();
    place(now);
    if (changed && isPointing) point();
  }

  function point(): void {
    const now = store.hostNow();
    const pointedAt = pointedTime(crosshair.pointed, now);
    const fraction = pointedAt === null ? -1 : fractionOf(pointedAt, rangeOf(domain, now));
    isPointing = pointedAt !== null && fraction >= 0 && fraction <= 1;
    if (line) line.hidden = !isPointing;
    if (line && isPointing) line.style.transform = `translateX(${Math.round(fraction * width)}px)`;
    let firstDot = 0;
    for (const group of groups) {
      placeDots(group, firstDot, isPointing ? pointedAt : null);
      firstDot += group.count;
    }
  }

  /** The dots of one group, on its edges at the selected time; hidden where there is no row or no such time. */
  function placeDots(group: PathGroup<LoggedPayloads[T]>, firstDot: number, moment: number | null): void {
    const row = moment === null ? null : rowOf(rows(), group, moment, gapMs());
    const heights = row && group.edges(row);
    for (let edge = 0; edge < group.count; edge += 1) {
      const dot = dots[firstDot + edge];
      const height = heights?.[edge];
      // A layer without height would hide the dot of the one that it lies on.
      const isShown = height !== undefined && (edge === 0 || height !== heights?.[edge - 1]);
      dot?.setAttribute('visibility', isShown ? 'visible' : 'hidden');
      if (!row || !isShown) continue;
      dot?.setAttribute('cx', x(row.t).toFixed(1));
      dot?.setAttribute('cy', y(height).toFixed(1));
    }
  }

  return {
    draw,
    point,
    /** An invisible layer is neither drawn nor moved; once visible, it is complete again. */
    show(onScreen: boolean): void {
      isOnScreen = onScreen;
      if (onScreen) draw();
      else place(store.hostNow());
    },
    end(): void {
      motion.hold(0);
    },
  };
}
