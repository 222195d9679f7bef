import { expect, test } from 'vitest';
import { type Annotation, causeOf } from './annotation';
import { foremost } from './mark-icon';

const annotation = (kind: Annotation['kind'], tone: Annotation['tone'] = null): Annotation => ({
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
  const login = annotation('login');
  const note = annotation('note');
  const [warning, critical, resolved] = [
    annotation('alert', 'warning'),
    annotation('alert', 'critical'),
    annotation('alert', 'resolved'),
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
