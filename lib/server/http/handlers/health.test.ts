import { expect, test } from 'vitest';
import type { Config } from '@/lib/server/config';
import type { Health } from '../health-report';
import { healthFor } from './health';

const health = { status: 'failing', problems: ['/srv/data cannot be written'] } as unknown as Health;

function shownTo(host: string, peer: string | null, isForwarded = false): readonly string[] {
  const runtime = {
    config: { host } as Config,
    health: () => health,
    peerOf: () => peer,
    isForwarded: () => isForwarded,
  };
  return Object.keys(healthFor(runtime, new Headers()));
}

const all = ['status', 'problems'];

test.each([
  ['127.0.0.1', '127.0.0.1', false, all],
  ['localhost', null, false, all],
  ['0.0.0.0', '127.0.0.1', false, all],
  ['::', '::1', false, all],
  ['0.0.0.0', '192.0.2.1', false, ['status']],
  ['0.0.0.0', '127.0.0.1', true, ['status']],
  ['192.0.2.7', '192.0.2.7', false, ['status']],
  ['nas', null, false, ['status']],
])('a server on %s shows %s (through a proxy: %s) %j', (host, peer, isForwarded, keys) => {
  expect(shownTo(host, peer, isForwarded)).toEqual(keys);
});
