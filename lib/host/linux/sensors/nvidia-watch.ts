import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type NvidiaCard, nvidiaColumns, parseNvidiaLine } from './nvidia-smi';
import type { SensorSample } from './sensor-file';

export interface GpuWatch {
  /** The newest figures of all cards; none while they are too old to be true. */
  sensors(): readonly SensorSample[];
  close(): void;
}

export interface NvidiaOptions {
  readonly procPath: string;
  readonly command?: string;
  readonly now?: () => number;
}

const loopMs = 1_000;
const staleMs = 5_000;
const firstPauseMs = 1_000;
const pauseMsMax = 300_000;
/** How often to look for a driver that was not there. */
const lookMs = 60_000;
const lineMax = 1_024;

/**
 * One nvidia-smi for as long as Hostbeat runs, which prints by its own clock: starting one a second would cost a
 * hundred times as much. None is started where there is no driver; one that ends is started again, ever later.
 */
export function openNvidiaWatch({
  procPath,
  command = 'nvidia-smi',
  now = () => performance.now(),
}: NvidiaOptions): GpuWatch {
  const cards = new Map<string, { readonly card: NvidiaCard; readonly atMs: number }>();
  let child: ChildProcess | null = null;
  let nextStartMs = Number.NEGATIVE_INFINITY;
  let pauseMs = firstPauseMs;

  const kill = () => child?.kill();

  function take(line: string): void {
    const card = parseNvidiaLine(line);
    if (!card) return;
    cards.set(card.id, { card, atMs: now() });
    pauseMs = firstPauseMs;
  }

  function start(): void {
    if (!hasDriver(procPath)) {
      nextStartMs = now() + lookMs;
      return;
    }
    const query = `--query-gpu=${nvidiaColumns.join()}`;
    const args = [query, '--format=csv,noheader,nounits', `--loop-ms=${loopMs}`];
    const started = spawn(/* turbopackIgnore: true */ command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    child = started;
    started.unref();
    process.once('exit', kill);
    let rest = '';
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, lineMax);
      lines.forEach(take);
    });
    const ended = () => {
      if (child !== started) return;
      child = null;
      process.removeListener('exit', kill);
      nextStartMs = now() + pauseMs;
      pauseMs = Math.min(pauseMsMax, pauseMs * 2);
    };
    started.once('error', ended).once('close', ended);
  }

  return {
    sensors() {
      if (!child && now() >= nextStartMs) start();
      const atLeastMs = now() - staleMs;
      for (const [id, { atMs }] of cards) if (atMs < atLeastMs) cards.delete(id);
      return [...cards.values()].flatMap(({ card }) => card.sensors);
    },
    close() {
      nextStartMs = Number.POSITIVE_INFINITY;
      process.removeListener('exit', kill);
      kill();
      child = null;
      cards.clear();
    },
  };
}

/** The driver's folder in procfs is there with its module; a container may have the device alone. */
const hasDriver = (procPath: string) =>
  existsSync(join(procPath, 'driver/nvidia')) ||
  (resolve(procPath) === '/proc' && existsSync('/dev/nvidia0'));
