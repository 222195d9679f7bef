import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { embeddableNames } from '@/components/panels/embeddable';
import { durableEventsKeptMs, heartbeatMs, metricsPerQueryMax, replaySpeeds } from '@/lib/protocol/limits';

const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8');
const protocol = readFileSync(join(import.meta.dirname, 'protocol.md'), 'utf8');

test('the README lists every panel that can be embedded, and none that cannot', () => {
  const [, list = ''] = /^Panels: (.*?) for one sensor\./ms.exec(readme) ?? [];
  const listed = [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...embeddableNames].sort());
});

test.each([
  ['the heartbeat', `| \`heartbeat\` | after ${heartbeatMs / 1000} s without another event |`],
  [
    'the speeds of a replay',
    `\`${replaySpeeds[0]}\` (without it), \`${replaySpeeds.slice(1).join('` or `')}\``,
  ],
  ['how many metrics a request takes', `up to ${metricsPerQueryMax}, each in a parameter of its own`],
  ['how long events are kept', `events are kept (${durableEventsKeptMs / 86_400_000} days;`],
])('the protocol has %s', (_name, text) => {
  expect(protocol).toContain(text);
});
