import type { Effects, Incident, Job, Span } from './incident';
import { channelOf, type Noise } from './noise';

/** Seeded draws and helpers for creating an incident. */
export interface IncidentContext extends Span {
  /** Chance of this very incident: uniform in [0, 1), the same for the same `n`. */
  draw(n: number): number;
  /** Uniform in `low`..`high`, or one of the items. */
  between(n: number, low: number, high: number): number;
  oneOf<T>(n: number, items: readonly [T, ...T[]]): T;
  /** Gives a job its identity; its times are the incident's unless it has its own. */
  job(job: Omit<Job, 'pid' | 'channel' | keyof Span> & Partial<Span>): Job;
}

/**
 * One incident at most in each slot of time. `startMs` is counted from the slot's start; the latest start and
 * the longest length together fit in a slot, so that two of a kind never overlap.
 */
export interface IncidentKind {
  readonly name: string;
  readonly slotMs: number;
  readonly chance: number;
  readonly startMs: readonly [earliest: number, latest: number];
  readonly lengthMs: readonly [shortest: number, longest: number];
  effects(context: IncidentContext): Effects;
}

const pidsPerKind = 100_000;
const pidsPerSlot = 10;
const firstPid = 200_000;

/** All incidents of these kinds with a part in `from`..`to`, by kind and then by time. A pure function. */
export function incidentsBetween(
  noise: Noise,
  kinds: readonly IncidentKind[],
  from: number,
  to: number,
): readonly Incident[] {
  const incidents: Incident[] = [];
  kinds.forEach((kind, number) => {
    for (let slot = Math.floor(from / kind.slotMs); slot <= Math.floor(to / kind.slotMs); slot++) {
      const incident = incidentInSlot(noise, kind, number, slot, from, to);
      if (incident) incidents.push(incident);
    }
  });
  return incidents;
}

const channels = new Map<string, number>();

function kindChannel(name: string): number {
  const known = channels.get(name) ?? channelOf(`incident ${name}`);
  channels.set(name, known);
  return known;
}

function incidentInSlot(
  noise: Noise,
  kind: IncidentKind,
  number: number,
  slot: number,
  from: number,
  to: number,
): Incident | null {
  const channel = kindChannel(kind.name);
  const draw = (n: number) => noise.draw(channel + n, slot);
  if (draw(-1) >= kind.chance) return null;

  const between = (n: number, low: number, high: number) => low + draw(n) * (high - low);
  const startMs = Math.round(slot * kind.slotMs + between(-2, ...kind.startMs));
  const endMs = Math.round(startMs + between(-3, ...kind.lengthMs));
  if (endMs < from || startMs > to) return null;

  let jobs = 0;
  const effects = kind.effects({
    startMs,
    endMs,
    draw,
    between,
    oneOf: (n, items) => items[Math.floor(draw(n) * items.length)] ?? items[0],
    job(job) {
      const pid = firstPid + number * pidsPerKind + (slot % (pidsPerKind / pidsPerSlot)) * pidsPerSlot + jobs;
      jobs += 1;
      return { startMs, endMs, ...job, pid, channel: channel + 100 + jobs };
    },
  });
  return { kind: kind.name, startMs, endMs, ...effects };
}
