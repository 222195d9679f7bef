import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProgress, type Progress } from './page-position';
import type { ClientMessage, FeedMessage } from './shared-feed-messages';
import { openWorkerLink } from './worker-link';

/** A worker's port, with what the page said to it. */
class FakeWorker {
  static last: FakeWorker;
  readonly said: ClientMessage[] = [];
  readonly port = {
    onmessage: (_: { data: FeedMessage }) => {},
    postMessage: (message: ClientMessage) => this.said.push(message),
    close() {},
  };

  constructor() {
    FakeWorker.last = this;
  }
}

beforeEach(() => {
  vi.stubGlobal('SharedWorker', FakeWorker);
  vi.stubGlobal('navigator', {});
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A page that joins and is handed what the hub has up to `n`. */
function visit(progress: Progress, types: readonly string[], n: number): ClientMessage | undefined {
  const link = openWorkerLink({ types, progress, onState() {}, onWelcome() {}, onFail() {} });
  const { port, said } = FakeWorker.last;
  port.onmessage({ data: 'welcome' });
  port.onmessage({ data: { feed: 'h', n, state: 'live', frames: [['cpu', '{}', `a-${n}`, 0]] } });
  link.close();
  return said[0];
}

test('a page that comes back goes on where it was, unless it wants a type that it did not have', () => {
  const progress = createProgress(() => {});
  const from = (n: number | null, types: readonly string[]) => ({
    join: { types, after: n === null ? null : { feed: 'h', n }, away: false },
  });
  expect(visit(progress, ['cpu', 'disk'], 5)).toEqual(from(null, ['cpu', 'disk']));
  expect(visit(progress, ['cpu', 'disk'], 7)).toEqual(from(5, ['cpu', 'disk']));
  expect(visit(progress, ['cpu'], 8)).toEqual(from(7, ['cpu']));
  expect(visit(progress, ['cpu', 'disk'], 9)).toEqual(from(null, ['cpu', 'disk']));
});
