import { setTimeout as wait } from 'node:timers/promises';
import { load } from '../compiled.mjs';
import { layOutMachine } from './machine.mjs';

/**
 * One measurement, in a process of its own: `rounds.mjs <compiled> <what>`, where `what` is the JSON of
 * `{ rounds, everyMs?, size?, type?, demoSeed? }`: of this machine without a size or seed, of a round at 1 Hz without a type. Prints
 * the JSON of the CPU time that a round takes, `{ medianMs, highMs, bytes }`; `highMs` is the 90th percentile.
 */
const [folder, json] = process.argv.slice(2);
const { rounds, everyMs = 0, size, type, demoSeed } = JSON.parse(json);
const { openHost } = load(folder, 'lib/server/open-host');
const { openLinuxHost } = load(folder, 'lib/server/collectors/linux/linux-host');
const { beginCycle } = load(folder, 'lib/server/scheduler/cycle');
const { CollectorState } = load(folder, 'lib/server/scheduler/collector-state');
const { systemClock } = load(folder, 'lib/server/concurrency/clock');

/** What a machine may be without. */
const optional = ['sensor-data', 'pressure'];
const warmUpRounds = type ? 3 : everyMs === 1000 ? 5 : 150;

const machine = size ? layOutMachine(size) : { procPath: '/proc', sysPath: '/sys', pass() {} };
const host =
  demoSeed === undefined
    ? openLinuxHost({ name: 'bench', ...machine, ...(size ? { ownContainer: async () => null } : {}) })
    : openHost({ name: 'bench', ...machine, demoSeed });
const collectors = host.collectors
  .filter((reading) => (type ? reading.type === type : reading.everyMs === undefined))
  .map((reading) => ({ collector: reading, state: new CollectorState(1000) }));

/** As the sampler has it: every reading, and its sample as the JSON that goes to the log. */
const round = () =>
  new Promise((resolve) => {
    beginCycle({ host: 'bench', collectors, deadlineMs: 60_000, clock: systemClock, onEnd: resolve });
  });

const spentMs = [];
let bytes = 0;
for (let number = -warmUpRounds; number < rounds; number += 1) {
  machine.pass();
  if (everyMs > 0) await wait(everyMs);
  const before = process.cpuUsage();
  const events = await round();
  const { user, system } = process.cpuUsage(before);
  if (number < 0) continue;
  spentMs.push((user + system) / 1000);
  bytes = events.reduce((sum, event) => sum + event.json.length, 0);
  requireAll(events);
}
host.close?.();

spentMs.sort((a, b) => a - b);
const at = (share) => spentMs[Math.floor((spentMs.length - 1) * share)];
console.log(JSON.stringify({ medianMs: at(0.5), highMs: at(0.9), bytes }));

/** A round that read less than there is would be cheap. */
function requireAll(events) {
  const told = new Set([...events.map((event) => event.type), ...optional]);
  const missing = collectors.find(({ collector }) => !told.has(collector.type));
  if (missing) throw new Error(`no sample of ${missing.collector.type}`);
}
