import { expect, test } from 'vitest';
import { causeOf, type Happening } from './annotation';
import { foremost } from './mark-icon';

const happening = (kind: Happening['kind'], tone: Happening['tone'] = null): Happening => ({
  key: `${kind} ${tone}`,
  kind,
  t: 0,
  until: null,
  tone,
  title: kind,
  text: '',
  href: null,
});

test('a group stands for its worst alert, and for a login only where there is nothing else', () => {
  const login = happening('login');
  const note = happening('note');
  const [warning, critical, resolved] = [
    happening('alert', 'warning'),
    happening('alert', 'critical'),
    happening('alert', 'resolved'),
  ];
  expect(foremost([login, note, resolved, warning, critical])).toBe(critical);
  expect(foremost([login, note, resolved])).toBe(resolved);
  expect(foremost([login, note])).toBe(note);
  expect(foremost([login])).toBe(login);
  expect(foremost([])).toBeUndefined();
});

test('a cause that is not known here is unknown', () => {
  expect(causeOf({ from: 0, to: 1, cause: 'host-asleep' })).toBe('host-asleep');
  expect(causeOf({ from: 0, to: 1, cause: 'toString' })).toBe('unknown');
});
