import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compile } from '../bench/compiled.mjs';
import type { RecordedHistory } from '../lib/testing/recorded-history';

type StepOf<Name extends keyof RecordedHistory> = RecordedHistory[Name] extends (
  ...args: infer Args
) => unknown
  ? [Name, ...Args]
  : never;
type PastStep = StepOf<'measure'> | StepOf<'say'> | StepOf<'forget'>;

const child = join(import.meta.dirname, '../lib/testing/recorded-history.child.mjs');

/** Makes a log and a history in `dataDir` for a server to find; `start` is Unix ms. */
export async function makePastOnDisk(
  dataDir: string,
  start: number,
  steps: readonly PastStep[],
): Promise<void> {
  const compiled = await compile('lib/testing/recorded-history');
  try {
    await promisify(execFile)(process.execPath, [
      child,
      compiled,
      dataDir,
      `${start}`,
      JSON.stringify(steps),
    ]);
  } finally {
    rmSync(compiled, { recursive: true });
  }
}
