import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { inProject, manifest } from './project.mjs';

/** How many threads a start has when it ends, which it does at once when it is asked for its version. */
function threadsOf(env: Readonly<Record<string, string>>): number {
  const folder = mkdtempSync(path.join(tmpdir(), 'hostbeat-pool-'));
  try {
    const count = path.join(folder, 'count.cjs');
    writeFileSync(
      count,
      "process.once('exit', () => console.log('threads', require('fs').readdirSync('/proc/self/task').length))",
    );
    const { UV_THREADPOOL_SIZE: _, ...rest } = process.env;
    const printed = execFileSync(
      process.execPath,
      ['--require', count, inProject('scripts', 'start.cjs'), '--version'],
      { encoding: 'utf8', env: { ...rest, ...env } },
    );
    return Number(/threads (\d+)/.exec(printed)?.[1]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.runIf(process.platform === 'linux')(
  'a start has twelve threads for file access, or as many as asked',
  () => {
    const four = threadsOf({ UV_THREADPOOL_SIZE: '4' });
    expect(threadsOf({}) - four).toBe(8);
    expect(threadsOf({ UV_THREADPOOL_SIZE: '6' }) - four).toBe(2);
  },
);

test('npm starts Hostbeat by way of it', () => {
  expect(manifest().scripts.start).toBe('node scripts/start.cjs');
});
