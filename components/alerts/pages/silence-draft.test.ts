import { expect, test } from 'vitest';
import { readSilence } from '@/lib/server/alerting/silences';
import { newSilence, type SilenceDraft, silenceBody, silenceErrors } from './silence-draft';

const now = Date.UTC(2026, 10, 23, 12);

test.each<[string, Partial<SilenceDraft>, object]>([
  ['everything for an hour', {}, { matcher: {}, from: now, to: now + 3_600_000 }],
  [
    'one rule for four hours',
    { what: 'rule', ruleId: 'cpu-busy', minutes: 240 },
    { matcher: { ruleId: 'cpu-busy' }, to: now + 14_400_000 },
  ],
  ['a metric', { what: 'metric', metric: ' disk.* ' }, { matcher: { metric: 'disk.*' } }],
  ['a severity', { what: 'severity', severity: 'info' }, { matcher: { severity: 'info' } }],
  [
    'a span',
    { when: 'span', from: '2026-11-24T10:00', to: '2026-11-24T11:30' },
    { from: new Date('2026-11-24T10:00').getTime(), to: new Date('2026-11-24T11:30').getTime() },
  ],
  [
    'again and again',
    { when: 'cron', cron: '0 2 * * 0', minutes: 90 },
    { cron: '0 2 * * 0', durationSeconds: 5_400 },
  ],
])('the server takes %s', (_name, change, expected) => {
  const draft = { ...newSilence, ...change };
  expect(silenceErrors(draft, now)).toEqual({});
  const read = readSilence(silenceBody(draft, now), 's', now);
  expect(read).toMatchObject({ ok: true, value: expected });
});

test.each<[Partial<SilenceDraft>, object]>([
  [{ what: 'rule' }, { what: 'needed' }],
  [{ what: 'metric', metric: ' ' }, { what: 'needed' }],
  [{ when: 'span' }, { from: 'needed', to: 'needed' }],
  [{ when: 'span', from: '2026-11-24T10:00', to: '2026-11-24T09:00' }, { to: 'order' }],
  [{ when: 'span', from: '2026-11-01T10:00', to: '2026-11-02T09:00' }, { to: 'past' }],
  [{ when: 'span', from: '1970-01-02T10:00', to: '1970-01-03T09:00' }, { to: 'past' }],
])('%j is wrong in %j', (change, errors) => {
  expect(silenceErrors({ ...newSilence, ...change }, now)).toEqual(errors);
});
