import type { Locale } from '@/lib/i18n/locales';
import type { ExportedFile } from '@/lib/protocol/exported-file';
import type { Annotation } from './annotations';
import { timeText } from './date-text';
import { el } from './dom';
import { icon } from './icon';
import type { Player } from './player';
import { put, texts } from './texts';

export interface EventList {
  readonly element: HTMLElement;
  show(): void;
}

/** What happened, in its order; each leads to its moment. */
export function eventList(
  moment: ExportedFile,
  annotations: readonly Annotation[],
  player: Player,
  lang: Locale,
): EventList {
  const t = texts[lang];
  const rows = annotations.map((one) => {
    const time = timeText(one.t, lang);
    return el(
      'li',
      {},
      el(
        'button',
        { type: 'button', title: put(t.go, { time }), click: () => player.seek(one.t) },
        el('time', { datetime: new Date(one.t).toISOString() }, time),
        icon(one),
        el('span', { class: 'what' }, el('b', {}, one.title), one.text ? ` ${one.text}` : null),
      ),
    );
  });
  const list = el('ol', {}, ...rows);
  const element = el(
    'section',
    { class: 'card events', 'aria-label': t.events },
    el('h2', {}, t.events, el('small', {}, String(annotations.length))),
    moment.isCut && el('p', { class: 'faint' }, put(t.cut, { count: moment.events.length })),
    rows.length > 0 ? list : el('p', { class: 'faint' }, t.none),
  );
  let current = -1;

  return {
    element,
    show() {
      const shown = player.shown();
      const next = annotations.findLastIndex((one) => one.t <= shown);
      if (next === current) return;
      rows[current]?.removeAttribute('aria-current');
      current = next;
      const row = rows[current];
      if (!row) return;
      row.setAttribute('aria-current', 'true');
      // Of the list alone: the page stays where the reader has put it.
      if (player.state.isPlaying) list.scrollTop = row.offsetTop - list.offsetTop - list.clientHeight / 2;
    },
  };
}
