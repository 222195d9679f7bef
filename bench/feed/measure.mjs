import { setTimeout as wait } from 'node:timers/promises';
import { coreTime, residentKiB, treeOf, usage } from '../proc.mjs';
import { openCrowd } from './crowd.mjs';

export const serverCore = 0;
export const loadCore = 1;

const warmUpClients = 100;
const warmUpMs = 2500;
const settleMs = 3000;
const graceMs = 5000;
const lookEveryMs = 100;
const intervalMs = 1000;
/** Half a tick after a tick: what was sent has come by then, and the next is not yet there. */
const betweenTicksMs = intervalMs / 2;
/** A tick this far off its second is late. */
const lateMs = 100;

const cpuSeconds = (pids) => pids.reduce((sum, pid) => sum + usage(pid).ownSeconds, 0);
const resident = (pids) => pids.reduce((sum, pid) => sum + residentKiB(pid), 0);

/** What is read at the beginning and at the end of the span; the difference is what it took. */
function readings(pids, crowd) {
  const { user, system } = process.cpuUsage();
  return {
    at: performance.now() / 1000,
    server: cpuSeconds(pids),
    load: (user + system) / 1e6,
    serverCore: coreTime(serverCore),
    loadCore: coreTime(loadCore),
    received: crowd.seen.received,
    bytes: crowd.seen.bytes,
  };
}

async function warmUp({ url, path }) {
  const crowd = await openCrowd({ url, path, clients: warmUpClients });
  await wait(warmUpMs);
  crowd.close();
  await wait(intervalMs);
}

/** Until every client has as many of the span's events as there were, or the time is up. */
async function untilAllHave(crowd) {
  const until = performance.now() + graceMs;
  while (performance.now() < until) {
    const events = crowd.stamps().length;
    if (crowd.members.every(({ counted }) => counted === events)) return;
    await wait(lookEveryMs);
  }
}

/** Ticks that a span should have had and did not, and those off the second that most of them keep. */
function ticksOf(stamps, seconds) {
  const ticks = [...new Set(stamps)];
  const offMs = (t, second) => Math.abs(t - second - Math.round((t - second) / intervalMs) * intervalMs);
  const late = ticks.map((second) => ticks.filter((t) => offMs(t, second) > lateMs).length);
  return { lost: Math.max(0, seconds - ticks.length), late: Math.min(ticks.length, ...late) };
}

/**
 * Lets so many clients listen to a server for so many seconds, from when all have been accepted.
 * @param {{ url: string, path: string, pid: number, clients: number, seconds: number }} options
 */
export async function measure({ url, path, pid, clients, seconds }) {
  await warmUp({ url, path });
  const pids = treeOf(pid);
  const residentBefore = resident(pids);
  const crowd = await openCrowd({ url, path, clients });
  try {
    await wait(settleMs);
    const sinceTick = (Date.now() - crowd.seen.newest.t) % intervalMs;
    await wait((betweenTicksMs - sinceTick + intervalMs) % intervalMs);
    const from = Date.now();
    crowd.observe(from, from + seconds * intervalMs);
    const before = readings(pids, crowd);
    await wait(seconds * intervalMs);
    const after = readings(pids, crowd);
    const residentAfter = resident(pids);
    await untilAllHave(crowd);

    const events = crowd.stamps();
    const received = after.received - before.received;
    const wall = after.at - before.at;
    const server = after.server - before.server;
    const busy = (core) => after[core].busySeconds - before[core].busySeconds;
    const share = (core) => busy(core) / (after[core].allSeconds - before[core].allSeconds);
    return {
      acceptSeconds: crowd.acceptSeconds,
      microseconds: (server / received) * 1e6,
      coreShare: server / wall,
      eventsPerSecond: received / wall,
      p50: crowd.latencyMs(50),
      p99: crowd.latencyMs(99),
      kibibytes: (residentAfter - residentBefore) / clients,
      ticks: ticksOf(events, seconds),
      eventsLost: crowd.members.reduce((sum, { counted }) => sum + Math.max(0, events.length - counted), 0),
      eventsDoubled: crowd.seen.doubled,
      gaps: crowd.seen.gaps,
      streamsEnded: crowd.seen.ended,
      eventBytes: (after.bytes - before.bytes) / received,
      loadShare: (after.load - before.load) / wall,
      loadCoreBusy: share('loadCore'),
      othersOnServerCore: Math.max(0, busy('serverCore') - server) / wall,
    };
  } finally {
    crowd.close();
  }
}
