import type { Locale } from '@/lib/i18n/locales';
import { formatQuantity } from '@/lib/i18n/quantity';
import type { ExportedChart, ExportedFile } from '@/lib/protocol/exported-file';
import type { Annotation } from './annotations';
import { titleOf } from './chart-card';
import { dayText, rangeText, timeText, zoneName } from './date-text';
import { el, svg } from './dom';
import type { Player } from './player';
import { durationText, put, texts } from './texts';
import { sayer } from './value-text';

const pulse = 'M4 17h6l3-8 6 15 3.5-9.5L24 17h4';
/** What a reader asks first: the series of a chart whose highest value is told. */
const peaks: Readonly<Record<string, readonly string[]>> = {
  cpu: ['total'],
  memory: ['used'],
  pressure: ['io', 'memory', 'cpu'],
};

/** The highest value of a chart's chosen series, and when it was. */
function peakOf(
  chart: ExportedChart,
  moment: ExportedFile,
): { readonly t: number; readonly value: number } | null {
  const chosen = chart.series.filter(({ key }) => peaks[chart.key]?.includes(key));
  let peak: { t: number; value: number } | null = null;
  for (const { avg, high } of chosen) {
    for (const [index, value] of (high ?? avg).entries()) {
      const t = Math.min(moment.to, Math.max(moment.from, moment.start + index * moment.stepMs));
      if (value !== null && value > (peak?.value ?? -1)) peak = { t, value };
    }
  }
  return peak;
}

/** Which machine, when, and what stood out. */
export function heading(
  moment: ExportedFile,
  annotations: readonly Annotation[],
  player: Player,
  lang: Locale,
  onLanguage: () => void,
): HTMLElement {
  const t = texts[lang];
  const { facts, from, to, exportedAt, version, stepMs } = moment;
  const about = [
    facts.os,
    facts.cpuModel,
    facts.cores === null ? null : put(t.cores, { count: facts.cores }),
    facts.memoryBytes === null ? null : formatQuantity(facts.memoryBytes, 'memoryBytes', lang),
    facts.bootTime === null
      ? null
      : put(t.uptime, { duration: durationText(exportedAt - facts.bootTime, t) }),
  ].filter((part) => part !== null);
  const exported = put(t.exported, {
    time: `${dayText(exportedAt, lang)} ${timeText(exportedAt, lang)}`,
    version,
  });
  const alerts = annotations.filter(({ kind, tone }) => kind === 'alert' && tone !== 'resolved');
  const gaps = annotations.filter(({ kind }) => kind === 'gap');
  const chip = (tone: string, text: string, at: number) =>
    el(
      'button',
      {
        type: 'button',
        class: `chip tone-${tone}`,
        title: put(t.go, { time: timeText(at, lang) }),
        click: () => player.seek(at),
      },
      text,
      el('small', {}, timeText(at, lang)),
    );
  const worst = ['critical', 'warning', 'info'].find((tone) => alerts.some((one) => one.tone === tone));
  const count = (all: readonly Annotation[], one: string, many: string, tone: string) =>
    all[0] ? [chip(tone, all.length === 1 ? one : put(many, { count: all.length }), all[0].t)] : [];
  const chips = [
    ...count(alerts, t.alert, t.alerts, worst ?? 'info'),
    ...count(gaps, t.gap, t.gaps, 'warning'),
    ...moment.charts.flatMap((chart) => {
      const peak = peakOf(chart, moment);
      const name = titleOf(chart, lang);
      return peak
        ? [chip('plain', put(t.peak, { name, value: sayer(chart, lang)(peak.value) }), peak.t)]
        : [];
    }),
  ];
  return el(
    'header',
    {},
    el(
      'div',
      { class: 'brand' },
      svg('svg', { viewBox: '0 0 32 32', 'aria-hidden': 'true' }, svg('path', { d: pulse })),
      el('b', {}, 'hostbeat'),
      el('span', {}, t.title),
      el('button', { type: 'button', class: 'language', click: onLanguage }, t.other),
    ),
    el('h1', {}, facts.host),
    el('p', { class: 'about' }, about.join(' · ')),
    el(
      'dl',
      {},
      el('dt', {}, `${t.here} (${zoneName()})`),
      el('dd', {}, rangeText(from, to, lang)),
      el('dt', {}, t.utc),
      el('dd', {}, rangeText(from, to, lang, 'UTC')),
    ),
    el('p', { class: 'chips' }, ...chips),
    el(
      'p',
      { class: 'faint' },
      [exported, stepMs > 1_000 ? put(t.step, { step: durationText(stepMs, t) }) : t.exact, t.offline].join(
        ' · ',
      ),
    ),
  );
}
