import { expect, test } from 'vitest';
import type { Alert } from '@/lib/protocol/alerting';
import { testAlert } from './notifications/test-alert';
import { muteOf } from './pipeline';

const alert = testAlert('atlas', 0);
const acknowledged = { acknowledgedAt: 5 } as Alert;

test.each([
  [null, null, null],
  [null, acknowledged, 'acknowledged'],
  [9, null, 'silenced'],
  [9, acknowledged, 'silenced'],
] as const)('silenced until %j and %j is %s', (until, known, mute) => {
  expect(muteOf({ silencedUntil: () => until, alert: () => known }, alert)).toBe(mute);
});
