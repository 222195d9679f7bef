import { expect, test } from 'vitest';
import { defaultRules } from '@/lib/server/alerting/default-rules';
import { filesystemUsed, ioFullPressure, memoryFullPressure } from './thresholds';

test.each([
  ['filesystem-nearly-full', filesystemUsed.warning],
  ['filesystem-full', filesystemUsed.critical],
  ['inodes-nearly-used', filesystemUsed.warning],
  ['memory-pressure', memoryFullPressure.critical],
  ['io-pressure', ioFullPressure.critical],
])('the default rule %s has the thresholds of the health summary', (id, threshold) => {
  const rule = defaultRules.find((one) => one.id === id);
  expect([rule?.threshold, rule?.clearThreshold]).toEqual(threshold);
});
