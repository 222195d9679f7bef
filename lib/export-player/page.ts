import type { Locale } from '@/lib/i18n/locales';
import type { ExportedFile } from '@/lib/protocol/exported-file';
import { annotationsOf } from './annotations';
import { type Card, chartCard } from './chart-card';
import { el, svg } from './dom';
import { eventList } from './event-list';
import { heading } from './heading';
import { createPlayer, type Player } from './player';
import { playerControls } from './player-controls';
import { texts } from './texts';

interface Shown {
  draw(): void;
  show(): void;
}

const nothing: Shown = { draw() {}, show() {} };

/** Longer than this between two frames, the reader was elsewhere. */
const frameMsMax = 250;

/** Where nothing is known: a pattern that all charts use. */
const hatching = () =>
  svg(
    'svg',
    { width: 0, height: 0, 'aria-hidden': 'true', style: 'position:absolute' },
    svg(
      'pattern',
      { id: 'hatch', width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      svg('path', { class: 'hatch', d: 'M0 0v6' }),
    ),
  );

/** Fills the page in a language; gives what is drawn anew when sizes change, and shown anew when time does. */
function mount(
  main: HTMLElement,
  moment: ExportedFile,
  player: Player,
  lang: Locale,
  onLanguage: () => void,
): Shown {
  const t = texts[lang];
  const annotations = annotationsOf(moment, lang);
  const controls = playerControls({ moment, lang, player, annotations });
  const events = eventList(moment, annotations, player, lang);
  const cards = moment.charts.map(
    (chart): Card =>
      chartCard({ moment, chart, lang, onPoint: (at) => player.point(at), onSeek: (at) => player.seek(at) }),
  );
  document.documentElement.lang = lang;
  main.replaceChildren(
    hatching(),
    heading(moment, annotations, player, lang, onLanguage),
    controls.element,
    el(
      'div',
      { class: 'body' },
      el(
        'div',
        { class: 'charts' },
        ...cards.map(({ element }) => element),
        cards.length === 0 && el('p', { class: 'card faint' }, t.noData),
      ),
      events.element,
    ),
    el('footer', { class: 'faint' }, t.keys),
  );
  return {
    draw() {
      controls.draw();
      for (const card of cards) card.draw();
    },
    show() {
      controls.show();
      events.show();
      for (const card of cards) card.show(player.shown());
    },
  };
}

/** Keys of the whole page, unless a control has a use of its own for them. */
function listenForKeys(player: Player, { from, to, stepMs }: ExportedFile): void {
  const stride = Math.max(stepMs, (to - from) / 200);
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { t } = player.state;
    const step = event.shiftKey ? stride * 10 : stride;
    const acts: Readonly<Record<string, () => void>> = {
      ' ': player.toggle,
      ArrowLeft: () => player.seek(t - step),
      ArrowRight: () => player.seek(t + step),
      Home: () => player.seek(from),
      End: () => player.seek(to),
    };
    const act = acts[event.key];
    if (!act || (event.key === ' ' && event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    act();
  });
}

function start(): void {
  const main = document.getElementById('page');
  const data = document.getElementById('moment')?.textContent;
  if (!main || !data) return;
  const moment: ExportedFile = JSON.parse(data);
  let shown = nothing;
  let lang = moment.lang;
  let before = 0;
  let isAsked = false;

  const frame = (now: number) => {
    isAsked = false;
    if (before > 0) player.advance(Math.min(frameMsMax, now - before));
    before = player.state.isPlaying ? now : 0;
    shown.show();
    if (player.state.isPlaying) ask();
  };
  function ask(): void {
    if (!isAsked) requestAnimationFrame(frame);
    isAsked = true;
  }
  const player = createPlayer(moment.from, moment.to, ask);
  function speak(): void {
    shown = mount(main as HTMLElement, moment, player, lang, () => {
      lang = lang === 'en' ? 'zh' : 'en';
      speak();
      main?.querySelector<HTMLElement>('.language')?.focus();
    });
    shown.draw();
    shown.show();
  }
  speak();
  listenForKeys(player, moment);
  let width = main.clientWidth;
  new ResizeObserver(() => {
    if (main.clientWidth === width) return;
    width = main.clientWidth;
    shown.draw();
  }).observe(main);
  addEventListener('beforeprint', () => shown.draw());
  addEventListener('afterprint', () => shown.draw());
}

start();
