import { closeSync, existsSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@playwright/test';
import Database from 'libsql';
import { databaseIn, type FaultRun } from './fault-run';
import type { Random } from './random';

export interface FaultKind {
  readonly name: string;
  /** It needs a disk that can be filled and made read-only. */
  readonly needsDisk?: boolean;
  /** Makes the fault, and takes it away again. */
  happen(run: FaultRun, random: Random): Promise<void>;
}

/** What can be made anew or done without; the log alone holds what was acknowledged. */
const besideTheLog = ['history', 'alerts', 'notify', 'sensors'] as const;

/** A database with its write-ahead log and index, as far as they are there. */
function filesOf(dataDir: string, name: string): string[] {
  return readdirSync(dataDir)
    .filter((file) => file === `${name}.db` || file.startsWith(`${name}.db-`))
    .map((file) => join(dataDir, file));
}

function remove(dataDir: string, name: string): void {
  for (const file of filesOf(dataDir, name)) rmSync(file, { force: true });
}

/** Overwrites what is behind the header, so that it is still a database and not a sound one. */
function garble(file: string, random: Random): void {
  if (!existsSync(file)) return;
  const { size } = statSync(file);
  const descriptor = openSync(file, 'r+');
  for (let at = 100; at < size; at += 512) {
    writeSync(descriptor, Buffer.from([random.between(0, 255), random.between(0, 255)]), 0, 2, at);
  }
  closeSync(descriptor);
}

const shortly = (random: Random) => delay(random.between(0, 400));

export const faultKinds: readonly FaultKind[] = [
  {
    name: 'kill -9',
    async happen(run, random) {
      await shortly(random);
      await run.end('SIGKILL');
      await run.begin();
    },
  },
  {
    name: 'kill -9 just after a start',
    async happen(run, random) {
      for (let times = random.between(2, 3); times > 0; times -= 1) {
        await run.end('SIGKILL');
        await run.begin();
      }
    },
  },
  {
    name: 'a stop and a start',
    async happen(run) {
      await run.end('SIGTERM');
      await run.begin();
    },
  },
  {
    name: 'a process that stands still',
    async happen(run, random) {
      process.kill(run.server().pid, 'SIGSTOP');
      await delay(random.between(500, 3_000));
      process.kill(run.server().pid, 'SIGCONT');
    },
  },
  {
    name: 'databases beside the log are removed, while it runs',
    async happen(run, random) {
      const name = random.pick(besideTheLog);
      remove(run.dataDir, name);
      await run.reachesAll();
      await run.end('SIGTERM');
      await run.begin();
    },
  },
  {
    name: 'databases beside the log are damaged, while it is stopped',
    async happen(run, random) {
      await run.end(random.pick(['SIGTERM', 'SIGKILL']));
      const name = random.pick(besideTheLog);
      if (random.next() < 0.5) garble(databaseIn(run.dataDir, name), random);
      else remove(run.dataDir, name);
      run.noteLoss();
      await run.begin();
    },
  },
  {
    name: 'the log is removed, while it runs',
    async happen(run) {
      // What it took in before it last started is in the file alone; clients must have had that.
      await run.reachesAll();
      await run.quietly(async () => {
        remove(run.dataDir, 'log');
        run.noteLogLoss();
        // A crash before it has been noticed would lose what was acknowledged into a file without a name.
        await expect.poll(() => existsSync(databaseIn(run.dataDir, 'log'))).toBe(true);
      });
    },
  },
  {
    name: 'a start on a full disk',
    needsDisk: true,
    async happen(run, random) {
      await run.end(random.pick(['SIGTERM', 'SIGKILL']));
      run.disk?.fill();
      await run.begin();
      await run.health(/^events are kept in memory only: .*full/);
      run.disk?.makeRoom();
    },
  },
  {
    name: 'a disk that is full',
    needsDisk: true,
    async happen(run) {
      run.disk?.fill();
      await run.health(/^events are kept in memory only: .*full/);
      run.disk?.makeRoom();
    },
  },
  {
    name: 'a kill -9 while the disk is full',
    needsDisk: true,
    async happen(run) {
      run.disk?.fill();
      await run.health(/^events are kept in memory only: .*full/);
      await run.end('SIGKILL');
      run.disk?.makeRoom();
      await run.begin();
    },
  },
  {
    name: 'a start on a disk that is read-only',
    needsDisk: true,
    async happen(run, random) {
      await run.end(random.pick(['SIGTERM', 'SIGKILL']));
      run.disk?.setReadOnly(true);
      await run.begin();
      await run.health(/^events are kept in memory only: /);
      run.disk?.setReadOnly(false);
    },
  },
  {
    name: 'a start while another program has locked the log',
    async happen(run, random) {
      await run.end(random.pick(['SIGTERM', 'SIGKILL']));
      const other = new Database(databaseIn(run.dataDir, 'log'));
      other.exec('BEGIN EXCLUSIVE');
      await run.begin();
      await run.health(/^events are kept in memory only: /);
      other.exec('ROLLBACK');
      other.close();
    },
  },
];
