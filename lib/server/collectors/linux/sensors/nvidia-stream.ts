import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import { nvidiaPower } from './nvidia-power';
import { type NvidiaCard, nvidiaColumns, parseNvidiaLine } from './nvidia-smi';
import type { SensorSample } from './sensor-file';

export interface GpuMonitor {
  /** The newest figures of all cards, `null` while the cards sleep; none while they are too old to be true. */
  sensors(): readonly SensorSample[];
  close(): void;
}

export interface NvidiaOptions {
  readonly procPath: string;
  readonly sysPath?: string;
  readonly command?: string;
  readonly clock?: Clock;
}

const loopMs = 1_000;
const staleMs = 5_000;
const firstPauseMs = 1_000;
const pauseMsMax = 300_000;
/** Pause before another start where there was no driver. */
const retryMs = 60_000;
/** How often the cards' power state is checked. */
const powerCheckMs = 5_000;
/** A running nvidia-smi keeps cards awake: after so long without work they are left alone for `restMs`. */
const idleMs = 30_000;
const restMs = 30_000;
/** Cards that did not fall asleep in a rest are kept awake by another program: the next rest comes after this. */
const nextRestMs = 600_000;
const lineMax = 1_024;

/**
 * One nvidia-smi for as long as there is something to measure, which prints by its own clock: starting one a second
 * would cost a hundred times as much. None is started where there is no driver, or while every card sleeps, which it
 * would wake; one that ends is started again, ever later.
 */
class NvidiaMonitor implements GpuMonitor {
  readonly #options: Required<NvidiaOptions>;
  readonly #cards = new Map<string, { readonly card: NvidiaCard; readonly atMs: number }>();
  #child: ChildProcess | null = null;
  #nextStartMs = Number.NEGATIVE_INFINITY;
  #pauseMs = firstPauseMs;
  #nextPowerCheckMs = Number.NEGATIVE_INFINITY;
  #areAsleep = false;
  #canSleep = false;
  #busyAtMs: number;
  #mayRestAtMs = Number.NEGATIVE_INFINITY;
  #restUntilMs: number | null = null;
  readonly #kill = () => this.#child?.kill();

  constructor(options: Required<NvidiaOptions>) {
    this.#options = options;
    this.#busyAtMs = options.clock.monotonicMs();
  }

  sensors(): readonly SensorSample[] {
    const nowMs = this.#options.clock.monotonicMs();
    this.#checkPower(nowMs);
    const isResting = this.#areAsleep || this.#restUntilMs !== null;
    if (!this.#child && !isResting && nowMs >= this.#nextStartMs) this.#start();
    if (isResting) return [...this.#cards.values()].flatMap(({ card }) => card.sensors.map(withoutValue));
    for (const [id, { atMs }] of this.#cards) if (atMs < nowMs - staleMs) this.#cards.delete(id);
    return [...this.#cards.values()].flatMap(({ card }) => card.sensors);
  }

  close(): void {
    this.#nextStartMs = Number.POSITIVE_INFINITY;
    this.#stop();
    this.#cards.clear();
  }

  #checkPower(nowMs: number): void {
    if (nowMs < this.#nextPowerCheckMs) return;
    this.#nextPowerCheckMs = nowMs + powerCheckMs;
    const { procPath, sysPath } = this.#options;
    const { asleep, canSleep } = nvidiaPower(procPath, sysPath);
    const awoke = this.#areAsleep && !asleep;
    [this.#areAsleep, this.#canSleep] = [asleep, canSleep];
    if (awoke) [this.#busyAtMs, this.#mayRestAtMs] = [nowMs, nowMs];
    if (asleep) {
      this.#restUntilMs = null;
      this.#stop();
    } else if (this.#restUntilMs !== null) {
      if (nowMs < this.#restUntilMs) return;
      this.#restUntilMs = null;
      this.#mayRestAtMs = nowMs + nextRestMs;
    } else if (this.#child && this.#isIdle(nowMs)) {
      this.#restUntilMs = nowMs + restMs;
      this.#stop();
    }
  }

  #isIdle(nowMs: number): boolean {
    return this.#canSleep && nowMs >= this.#mayRestAtMs && nowMs - this.#busyAtMs >= idleMs;
  }

  #take(line: string): void {
    const card = parseNvidiaLine(line);
    if (!card) return;
    const atMs = this.#options.clock.monotonicMs();
    this.#cards.set(card.id, { card, atMs });
    if (card.sensors.some(({ id, value }) => id.endsWith('-busy') && value !== 0)) this.#busyAtMs = atMs;
    this.#pauseMs = firstPauseMs;
  }

  #start(): void {
    const { procPath, command, clock } = this.#options;
    if (!hasDriver(procPath)) {
      this.#nextStartMs = clock.monotonicMs() + retryMs;
      return;
    }
    const query = `--query-gpu=${nvidiaColumns.join()}`;
    const args = [query, '--format=csv,noheader,nounits', `--loop-ms=${loopMs}`];
    const started = spawn(/* turbopackIgnore: true */ command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child = started;
    started.unref();
    process.once('exit', this.#kill);
    let rest = '';
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, lineMax);
      for (const line of lines) this.#take(line);
    });
    const ended = () => {
      if (this.#child !== started) return;
      this.#forget();
      this.#nextStartMs = clock.monotonicMs() + this.#pauseMs;
      this.#pauseMs = Math.min(pauseMsMax, this.#pauseMs * 2);
    };
    started.once('error', ended).once('close', ended);
  }

  #stop(): void {
    this.#child?.kill();
    this.#forget();
  }

  #forget(): void {
    process.removeListener('exit', this.#kill);
    this.#child = null;
  }
}

/** Follows NVIDIA's cards, from the first call of `sensors` on. */
export function openNvidiaMonitor({
  procPath,
  sysPath = '/sys',
  command = 'nvidia-smi',
  clock = systemClock,
}: NvidiaOptions): GpuMonitor {
  return new NvidiaMonitor({ procPath, sysPath, command, clock });
}

const withoutValue = (sensor: SensorSample): SensorSample => ({ ...sensor, value: null });

/** The driver's folder in procfs is there with its module; a container may have the device alone. */
const hasDriver = (procPath: string) =>
  existsSync(join(procPath, 'driver/nvidia')) ||
  (resolve(procPath) === '/proc' && existsSync('/dev/nvidia0'));
