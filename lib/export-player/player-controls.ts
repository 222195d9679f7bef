import type { Locale } from '@/lib/i18n/locales';
import type { ExportedFile } from '@/lib/protocol/exported-file';
import { type Annotation, causeText, type MarkTone } from './annotations';
import { dayText, timeText, zoneName } from './date-text';
import { el, svg } from './dom';
import { icon } from './icon';
import { type Player, speeds } from './player';
import { bandPath, type Frame } from './plot';
import { put, texts } from './texts';

/** The player's controls. */
export interface PlayerControls {
  readonly element: HTMLElement;
  draw(): void;
  show(): void;
}

export interface PlayerControlsOptions {
  readonly moment: ExportedFile;
  readonly lang: Locale;
  readonly player: Player;
  readonly annotations: readonly Annotation[];
}

const trackHeight = 44;
const markPx = 26;
const worstFirst: readonly MarkTone[] = ['critical', 'warning', 'info', 'resolved', 'plain'];
const shapes = { play: 'M7 4l13 8-13 8z', pause: 'M6 4h4v16H6zM14 4h4v16h-4z' } as const;

interface Group {
  readonly first: Annotation;
  readonly of: Annotation[];
}

/** Marks that would cover each other are one, which leads to the first and looks like the worst. */
function groupsOf(annotations: readonly Annotation[], apartMsMin: number): readonly Group[] {
  const groups: Group[] = [];
  for (const one of annotations) {
    const group = groups.at(-1);
    if (group && one.t - group.first.t < apartMsMin) group.of.push(one);
    else groups.push({ first: one, of: [one] });
  }
  return groups;
}

/** Play and pause, speeds, a clock, and all of the recording with its marks to move through. */
export function playerControls({ moment, lang, player, annotations }: PlayerControlsOptions): PlayerControls {
  const t = texts[lang];
  const { from, to, start, stepMs, gaps } = moment;
  const path = svg('path', {});
  const playButton = el(
    'button',
    { type: 'button', class: 'play', click: () => player.toggle() },
    svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, path),
  );
  const speedButtons = speeds.map((speed) =>
    el('button', { type: 'button', click: () => player.setSpeed(speed) }, `${speed}×`),
  );
  const clock = el('b', {});
  const utc = el('span', {});
  const overview = svg('svg', { 'aria-hidden': 'true', preserveAspectRatio: 'none' });
  const done = el('div', { class: 'done' });
  const head = el('div', { class: 'head' });
  const slider = el('input', {
    type: 'range',
    min: from,
    max: to,
    step: 1,
    'aria-label': t.position,
    title: t.keys,
    input: () => player.seek(Number(slider.value)),
  });
  const marks = el('div', { class: 'marks' });
  const left = (at: number) => `${((Math.min(to, Math.max(from, at)) - from) / (to - from)) * 100}%`;
  const track = el(
    'div',
    { class: 'track' },
    ...gaps.map((gap) => {
      const width = `calc(${left(gap.to)} - ${left(gap.from)})`;
      return el('div', { class: 'hatched', style: `left:${left(gap.from)};width:${width}` });
    }),
    overview,
    done,
    head,
    slider,
  );
  const element = el(
    'section',
    { class: 'player-controls', 'aria-label': t.title },
    el(
      'div',
      { class: 'controls' },
      playButton,
      el('div', { class: 'speeds', role: 'group', 'aria-label': t.speed }, ...speedButtons),
      el('p', { class: 'clock', 'data-testid': 'clock' }, clock, utc),
    ),
    el('div', { class: 'annotation-track' }, marks, track),
  );

  function draw(): void {
    const width = Math.max(120, track.clientWidth);
    const chart = moment.charts.find(({ key }) => key === 'cpu');
    const cpu = chart?.series.find(({ key }) => key === 'total') ?? chart?.series[0];
    const frame: Frame = { width, height: trackHeight, from, to, start, stepMs, bottom: 0, top: 100 };
    overview.setAttribute('viewBox', `0 0 ${width} ${trackHeight}`);
    overview.replaceChildren(...(cpu ? [svg('path', { d: bandPath(null, cpu.avg, frame) })] : []));
    marks.replaceChildren(
      ...groupsOf(annotations, (markPx / width) * (to - from)).map(({ first, of }) => {
        const worst =
          [...of].sort((a, b) => worstFirst.indexOf(a.tone) - worstFirst.indexOf(b.tone))[0] ?? first;
        const more = of.length - 1;
        const name = more > 0 ? put(t.more, { name: worst.title, count: more }) : worst.title;
        return el(
          'button',
          {
            type: 'button',
            style: `left:${left(worst.t)}`,
            'aria-label': `${name}, ${timeText(worst.t, lang)}`,
            title: of.map((one) => `${timeText(one.t, lang)} ${one.title}`).join('\n'),
            click: () => player.seek(worst.t),
          },
          icon(worst),
          more > 0 && el('sup', { 'aria-hidden': 'true' }, String(of.length)),
        );
      }),
    );
  }

  function show(): void {
    const { isPlaying, speed, t: at } = player.state;
    path.setAttribute('d', isPlaying ? shapes.pause : shapes.play);
    playButton.setAttribute('aria-label', isPlaying ? t.pause : t.play);
    playButton.title = isPlaying ? t.pause : t.play;
    for (const [index, button] of speedButtons.entries())
      button.setAttribute('aria-pressed', String(speeds[index] === speed));
    const shown = player.shown();
    clock.textContent = timeText(shown, lang);
    const gap = gaps.find((one) => shown >= one.from && shown < one.to);
    const where = `${dayText(shown, lang)} · ${zoneName()} · UTC ${timeText(shown, lang, 'UTC')}`;
    utc.textContent = gap ? `${where} · ${causeText(gap, lang)}` : where;
    slider.value = String(Math.round(at));
    slider.setAttribute('aria-valuetext', `${dayText(at, lang)} ${timeText(at, lang)}`);
    done.style.width = left(at);
    head.style.left = left(shown);
  }

  return { element, draw, show };
}
