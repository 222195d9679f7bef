import type { Annotation } from './annotations';
import { svg } from './dom';

/** Each has a shape of its own, so that none is told by its colour alone. */
const alertShapes = {
  critical: 'M8 2h8l6 6v8l-6 6H8l-6-6V8zM12 7v6M12 16.5v.5',
  warning: 'M12 3 22 21H2zM12 10v5M12 17.8v.2',
  info: 'M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19M12 11v6M12 7.2v.3',
  resolved: 'M12 2.5a9.5 9.5 0 1 0 0 19 9.5 9.5 0 0 0 0-19M7.5 12.5l3 3 6-6.5',
  plain: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8',
} as const;

const shapes = {
  login: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5c.8-4 3.8-6 7.5-6s6.7 2 7.5 6',
  logout: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M4.5 20.5c.8-4 3.8-6 6-6M14.5 17.5h7M18.5 14.5l3 3l-3 3',
  stop: 'M12 3v8M6.5 6.5a8 8 0 1 0 11 0',
  note: 'M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5',
  message: 'M4 4.5h16v11.5H11l-4.5 4v-4H4z',
  other: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8',
  gap: 'M4 4v16M20 4v16M9 12h1M14 12h1',
} as const;

/** What a mark is, as a small picture. */
export function icon({ kind, tone }: Pick<Annotation, 'kind' | 'tone'>): SVGElement {
  const d = kind === 'alert' ? alertShapes[tone] : shapes[kind];
  return svg(
    'svg',
    { 'aria-hidden': 'true', viewBox: '0 0 24 24', class: `icon ${kind} tone-${tone}` },
    svg('path', { d }),
  );
}
