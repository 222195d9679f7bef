import type { Locale } from '@/lib/i18n/locales';
import type { ExportedChart, ExportedFile, ExportedSeries } from '@/lib/protocol/exported-file';
import type { HistoryGap } from '@/lib/protocol/history';
import { causeText } from './annotations';
import { labelledTicks, timeText } from './date-text';
import { el, svg } from './dom';
import { axisOf, bandPath, type Frame, heatPaths, linePath, stacked, strideOf, valueAt } from './plot';
import { put, texts } from './texts';
import { onAxis, sayer } from './value-text';

/** A chart on the page. */
export interface Card {
  readonly element: HTMLElement;
  /** Draws it as wide as it is. */
  draw(): void;
  /** Shows the values at a moment (Unix ms), and where it is. */
  show(t: number): void;
}

export interface CardOptions {
  readonly moment: ExportedFile;
  readonly chart: ExportedChart;
  readonly lang: Locale;
  readonly onPoint: (t: number | null) => void;
  readonly onSeek: (t: number) => void;
}

const plotHeight = 128;
const heatLevels = 8;
const roomForTime = 84;
/** A character of a cause, Chinese ones included. */
const characterPx = 11;
const latinPx = 6.5;
const farFromZero = ['temperature', 'fan', 'voltage', 'humidity', 'battery', 'sensor', 'filesystem'];
/** The intervals of metrics that are sampled less often than the rest. */
const periodsMs: Readonly<Record<string, number>> = { filesystem: 30_000, containers: 5_000 };
/** By the series' key; other series take their hues from `huesInOrder`. */
const hues: Readonly<Record<string, string>> = {
  user: 'cpu',
  system: 'system',
  iowait: 'iowait',
  steal: 'steal',
  total: 'ink',
  one: 'load',
  five: 'cpu',
  fifteen: 'memory',
  used: 'memory',
  cache: 'cache',
  swap: 'swap',
  cpu: 'cpu',
  memory: 'memory',
  io: 'iowait',
  read: 'read',
  write: 'write',
  in: 'in',
  out: 'out',
};
const huesInOrder = ['temperature', 'system', 'cpu', 'iowait', 'memory', 'load'];

function hueOf(chart: ExportedChart, { key, label }: ExportedSeries, index: number): string {
  const hue = (label === null && hues[key]) || huesInOrder[index % huesInOrder.length];
  if (chart.key === 'sensor') return 'var(--hue-system)';
  return hue === 'ink' ? 'var(--ink)' : `var(--hue-${hue})`;
}

export function titleOf(chart: ExportedChart, lang: Locale): string {
  const charts: Readonly<Record<string, string>> = texts[lang].charts;
  return charts[chart.key] ?? chart.key;
}

function labelOf({ key, label }: ExportedSeries, lang: Locale): string {
  const series: Readonly<Record<string, string>> = texts[lang].series;
  return label ?? series[key] ?? key;
}

/** Where nothing was measured, with the reason where there is room for it. */
function gapBands(gaps: readonly HistoryGap[], frame: Frame, lang: Locale): SVGElement[] {
  const x = (t: number) =>
    Math.min(frame.width, Math.max(0, ((t - frame.from) / (frame.to - frame.from)) * frame.width));
  return gaps.flatMap((gap) => {
    const [left, right] = [x(gap.from), x(gap.to)];
    const cause = causeText(gap, lang);
    const band = svg(
      'rect',
      { class: 'gap', x: left, y: 0, width: Math.max(1.5, right - left), height: frame.height },
      svg('title', {}, cause),
    );
    const room = cause.length * (lang === 'zh' ? characterPx : latinPx) + 12;
    if (right - left < room) return [band];
    const middle = (left + right) / 2;
    return [
      band,
      svg('text', { class: 'cause', x: middle, y: frame.height / 2, 'text-anchor': 'middle' }, cause),
    ];
  });
}

interface Legend {
  readonly element: HTMLElement;
  /** Shows the value of each series, and of a heat map the highest, which it returns as text. */
  show(values: readonly (number | null)[]): string;
}

function legendOf(chart: ExportedChart, lang: Locale): Legend {
  return chart.form === 'heat' ? heatLegend(chart, lang) : seriesLegend(chart, lang);
}

function seriesLegend(chart: ExportedChart, lang: Locale): Legend {
  const say = sayer(chart, lang);
  const figures = chart.series.map(() => el('b', {}));
  const items = chart.series.map((series, index) =>
    el(
      'li',
      {},
      el('i', { class: 'swatch', style: `background:${hueOf(chart, series, index)}` }),
      el('span', { class: 'name' }, labelOf(series, lang)),
      ' ',
      figures[index] ?? '',
    ),
  );
  return {
    element: el('ul', { class: 'legend' }, ...items),
    show(values) {
      for (const [index, figure] of figures.entries()) figure.textContent = say(values[index] ?? null);
      return '';
    },
  };
}

function heatLegend(chart: ExportedChart, lang: Locale): Legend {
  const t = texts[lang];
  const say = sayer(chart, lang);
  const [name, figure, mean] = [el('span', {}), el('b', {}), el('span', { class: 'faint' })];
  return {
    element: el('ul', { class: 'legend' }, el('li', {}, name, ' ', figure), el('li', {}, mean)),
    show(values) {
      const known = values.filter((value) => value !== null);
      const highest = known.length > 0 ? Math.max(...known) : null;
      const sum = known.reduce((all, value) => all + value, 0);
      name.textContent = put(t.hottestCore, { core: chart.series[values.indexOf(highest)]?.key ?? '–' });
      figure.textContent = say(highest);
      mean.textContent = put(t.mean, { value: say(known.length > 0 ? sum / known.length : null) });
      return say(highest);
    },
  };
}

/** A chart of the whole recording, whose legend tells the values of the moment that is shown. */
export function chartCard({ moment, chart, lang, onPoint, onSeek }: CardOptions): Card {
  const { from, to, start, stepMs, gaps } = moment;
  const say = sayer(chart, lang);
  const title = titleOf(chart, lang);
  const parts = chart.series.filter(({ key }) => chart.form !== 'stack' || key !== 'total');
  const over = chart.series.filter((series) => !parts.includes(series));
  const layers = chart.form === 'stack' ? stacked(parts.map(({ avg }) => avg)) : [];
  const strideMin = (periodsMs[chart.key] ?? 0) / stepMs;
  const strides = chart.series.map(({ avg }) => Math.max(strideMin, strideOf(avg)));
  const [bottom, top] = axisOf(
    [...chart.series.map(({ avg, high }) => high ?? avg), ...layers],
    chart.top,
    farFromZero.includes(chart.key),
  );

  const legend = legendOf(chart, lang);
  const canvas = svg('svg', { role: 'img', 'aria-label': `${title} ${chart.item ?? ''}`.trim() });
  const rest = el('div', { class: 'rest' });
  const cursor = el('div', { class: 'cursor' });
  const plot = el('div', { class: 'plot' }, canvas, rest, cursor);
  const element = el(
    'section',
    { class: 'card', 'data-chart': chart.key, 'aria-label': `${title} ${chart.item ?? ''}`.trim() },
    el('h2', {}, title, chart.item === null ? null : el('small', {}, chart.item)),
    legend.element,
    plot,
  );

  const timeAt = (event: Event) => {
    const box = plot.getBoundingClientRect();
    const x = (event as PointerEvent).clientX - box.left;
    return from + Math.min(1, Math.max(0, x / box.width)) * (to - from);
  };
  plot.addEventListener('pointermove', (event) => onPoint(timeAt(event)));
  plot.addEventListener('pointerleave', () => onPoint(null));
  plot.addEventListener('click', (event) => onSeek(timeAt(event)));

  function strokes(frame: Frame): SVGElement[] {
    if (chart.form === 'heat') {
      const rows = parts.map(({ avg }) => avg);
      return heatPaths(rows, frame, heatLevels).map((d, level) =>
        svg('path', { d, fill: 'var(--hue-cpu)', 'fill-opacity': 0.08 + (0.92 * level) / (heatLevels - 1) }),
      );
    }
    const line = (series: ExportedSeries, index: number): SVGElement[] => {
      const hue = hueOf(chart, series, index);
      const { low, high, avg } = series;
      return [
        ...(high ? [svg('path', { class: 'band', d: bandPath(low, high, frame), fill: hue })] : []),
        svg('path', { class: 'line', d: linePath(avg, frame), stroke: hue }),
      ];
    };
    const stack = layers.map((layer, index) =>
      svg('path', {
        class: 'layer',
        d: bandPath(layers[index - 1] ?? null, layer, frame),
        fill: hueOf(chart, parts[index] as ExportedSeries, index),
      }),
    );
    const lines = chart.form === 'lines' ? parts : over;
    return [...stack, ...lines.flatMap(line)];
  }

  function draw(): void {
    const width = Math.max(120, plot.clientWidth);
    const height = chart.form === 'heat' ? Math.min(320, Math.max(plotHeight, parts.length * 6)) : plotHeight;
    const frame: Frame = {
      width,
      height,
      from,
      to,
      start,
      stepMs,
      bottom,
      top: chart.form === 'heat' ? 100 : top,
    };
    const x = (moment: number) => ((moment - from) / (to - from)) * width;
    const ticks = labelledTicks({ from, to }, Math.max(2, Math.floor(width / roomForTime)), lang);
    const axis = onAxis(say);
    const levels = chart.form === 'heat' ? [] : [top, (top + bottom) / 2];
    canvas.setAttribute('viewBox', `0 0 ${width} ${height + 18}`);
    canvas.style.height = `${height + 18}px`;
    cursor.style.height = rest.style.height = `${height}px`;
    canvas.replaceChildren(
      ...gapBands(gaps, frame, lang),
      ...strokes(frame),
      svg('path', {
        class: 'grid',
        d: [...levels, bottom].map((_, index) => `M0 ${(height * index) / 2 || 0.5}H${width}`).join(''),
      }),
      ...levels.map((value, index) =>
        svg(
          'text',
          {
            class: 'value',
            x: width - 2,
            y: (height * index) / 2 + (index === 0 ? 12 : -4),
            'text-anchor': 'end',
          },
          axis(value),
        ),
      ),
      ...ticks.map(({ t: at, label }) =>
        svg(
          'text',
          {
            class: 'tick',
            x: x(at),
            y: height + 14,
            'text-anchor': x(at) < 22 ? 'start' : x(at) > width - 22 ? 'end' : 'middle',
          },
          label,
        ),
      ),
    );
  }

  function show(at: number): void {
    const share = ((at - from) / (to - from)) * 100;
    cursor.style.left = `${share}%`;
    rest.style.left = `${share}%`;
    const now = chart.series.map(({ avg }, index) => valueAt(avg, strides[index] ?? 1, moment, at));
    const highest = legend.show(now);
    if (chart.form === 'heat')
      canvas.setAttribute('aria-label', `${title}: ${timeText(at, lang)}, ${highest}`);
  }

  return { element, draw, show };
}
