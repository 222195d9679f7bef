import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deadlineAfter, settledWithin } from './deadline';

describe('a deadline', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('aborts when its time is up, and not once it is let go of', () => {
    const kept = deadlineAfter(1_000);
    const cleared = deadlineAfter(1_000);
    cleared.clear();
    vi.advanceTimersByTime(999);
    expect(kept.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(kept.signal.reason).toMatchObject({ name: 'TimeoutError' });
    expect(cleared.signal.aborted).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('aborts with any of the others, also one that had aborted before, and leaves no timer', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const later = deadlineAfter(1_000, one.signal, other.signal);
    other.abort('enough');
    expect(later.signal.reason).toBe('enough');
    expect(deadlineAfter(1_000, one.signal, other.signal).signal.reason).toBe('enough');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('bounds a wait', async () => {
    const never = settledWithin(new Promise(() => {}), 1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await never).toBe(false);
    expect(await settledWithin(Promise.resolve(), 1_000)).toBe(true);
    expect(await settledWithin(new Promise(() => {}), 1_000, AbortSignal.abort())).toBe(false);
    await expect(settledWithin(Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no');
    expect(vi.getTimerCount()).toBe(0);
  });
});

it('is not garbage-collected while it is awaited', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const outer = new AbortController();
  const aborted = new Promise((resolve) => {
    deadlineAfter(50, outer.signal).signal.addEventListener('abort', resolve);
  });
  const collecting = setInterval(gc, 10);
  await aborted.finally(() => clearInterval(collecting));
});

it('is what the whole tree uses: signals of Node’s own may be collected before they abort', () => {
  const root = join(import.meta.dirname, '../..');
  const sources = [
    'lib',
    'app',
    'components',
    'scripts',
    'e2e',
    'bench',
    'public',
    'proxy.ts',
    'instrumentation.ts',
  ];
  const files = sources.flatMap((name) =>
    statSync(join(root, name)).isDirectory()
      ? (readdirSync(join(root, name), { recursive: true, encoding: 'utf8' }) as string[]).map((file) =>
          join(name, file),
        )
      : [name],
  );
  const code = files.filter(
    (file) => /\.(ts|tsx|js|mjs)$/.test(file) && !file.endsWith('protocol/deadline.ts'),
  );
  const used = code.filter((file) =>
    /AbortSignal\s*\.\s*(any|timeout)\b/.test(readFileSync(join(root, file), 'utf8')),
  );
  expect(code.length).toBeGreaterThan(300);
  expect(used).toEqual([]);
});
