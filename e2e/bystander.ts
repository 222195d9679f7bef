import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { RunningServer } from './server';

/** What another client met with: the worst, in ms, of the server's own making. */
export interface Seen {
  /** The longest time to an answer of `GET /api/health`. */
  readonly healthMs: number;
  /** How late the latest sample was taken. */
  readonly sampleLateMs: number;
  /** The longest time for which the machine made an idle process wait, for a core or for its disk. */
  readonly machineMs: number;
  readonly answers: number;
  readonly samples: number;
  /** Statuses and error codes of what was not answered with health. */
  readonly refused: readonly (string | number)[];
}

export interface Bystander {
  /** What it meets with from now on counts. */
  begin(): void;
  end(): Promise<Seen>;
  close(): void;
}

/** Another client of the server, in a process of its own, so that what holds the test up does not hold it up. */
export async function openBystander({ port, pid }: RunningServer): Promise<Bystander> {
  const child = fork(join(import.meta.dirname, 'bystander.child.mjs'), [`${port}`, `${pid}`]);
  await reply(child, 'ready');
  return {
    begin: () => child.send('begin'),
    async end() {
      child.send('end');
      return (await reply(child, 'seen')).seen as Seen;
    },
    close: () => child.disconnect(),
  };
}

async function reply(child: ChildProcess, name: string): Promise<Record<string, unknown>> {
  for (;;) {
    const [message] = (await once(child, 'message')) as [Record<string, unknown>];
    if (name in message) return message;
    if ('closed' in message) throw new Error('the bystander lost its stream');
  }
}
