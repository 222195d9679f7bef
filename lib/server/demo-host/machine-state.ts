import { leak, restart } from './container-incidents';
import { type Demand, demandOver } from './demand';
import { backup, diskFill, powerOutage, runaway } from './host-incidents';
import type { Incident } from './incident';
import { passwordAttack, sshSession } from './login-incidents';
import { type Noise, openNoise } from './noise';
import { routineJob } from './routine-jobs';
import { type IncidentKind, incidentsBetween } from './schedule';

/** The order gives process ids, so a new kind comes last. */
export const incidentKinds: readonly IncidentKind[] = [
  routineJob,
  backup,
  runaway,
  leak,
  restart,
  diskFill,
  powerOutage,
  sshSession,
  passwordAttack,
];

/** How far back each window of the past reaches, in ms; the first counts as now. */
const windowEndsMs = [0, 4, 10, 20, 40, 80, 160, 320, 700, 1_500, 2_700].map((seconds) => seconds * 1000);
const windows = windowEndsMs.slice(1).map((endMs, index) => ({ startMs: windowEndsMs[index] ?? 0, endMs }));

/** State from which all samples of one instant are computed. */
export interface MachineState {
  readonly seed: number;
  readonly unixMs: number;
  readonly noise: Noise;
  /** Those of the last 45 minutes. */
  readonly incidents: readonly Incident[];
  readonly now: Demand;
  /** Windows of the past, the latest (`now`) first, each about twice as long as the one after it. */
  readonly past: readonly Demand[];
}

/**
 * Values change five times a second, the shortest sampling interval: the collectors of a cycle, which differ by
 * a millisecond or two, share one state, that of the event's `t`.
 */
const gridMs = 200;

export function onGrid(unixMs: number): number {
  return Math.floor(unixMs / gridMs) * gridMs;
}

/** The synthetic machine at a time: a pure function. */
export function machineStateAt(seed: number, exactMs: number): MachineState {
  const unixMs = onGrid(exactMs);
  const noise = openNoise(seed);
  const oldest = windowEndsMs.at(-1) ?? 0;
  const incidents = incidentsBetween(noise, incidentKinds, unixMs - oldest, unixMs);
  const past = windows.map(({ startMs, endMs }) => {
    const [from, to] = [unixMs - endMs, unixMs - startMs];
    return demandOver(noise, incidents, from, to);
  });
  const [now = demandOver(noise, incidents, unixMs - 4_000, unixMs)] = past;
  return { seed, unixMs, noise, incidents, now, past };
}

/**
 * Where something stands that follows `value` with a time constant, as a kernel's load average follows its
 * tasks or a heat sink its chip: the exponential mean over the past.
 */
export function lagged(past: readonly Demand[], timeConstantMs: number, value: (demand: Demand) => number) {
  let mean = 0;
  let left = 1;
  past.forEach((demand, index) => {
    const endMs = windows[index]?.endMs ?? 0;
    const isOldest = index === past.length - 1;
    const after = isOldest ? 0 : Math.exp(-endMs / timeConstantMs);
    mean += (left - after) * value(demand);
    left = after;
  });
  return mean;
}
