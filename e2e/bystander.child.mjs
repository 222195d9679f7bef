import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Another client of a server that is under load, in a process of its own: `fork('bystander.child.mjs', [PORT, PID])`.
 * It asks for health again and again and follows the samples. `begin` starts a measurement, `end` answers with it.
 *
 * Times are without those in which the server's main thread, or this process, was ready to run and the kernel gave its
 * cores to others (schedstat, https://docs.kernel.org/scheduler/sched-stats.html): on a busy machine they are the others'.
 */
const [port = '', pid = ''] = process.argv.slice(2);
const askEveryMs = 50;
const outstandingMax = 4;
const intervalMs = 1000;

/** ms for which a process's main thread has waited for a core; 0 where the kernel does not count it. */
function waitedMs(ofPid) {
  try {
    return Number(readFileSync(`/proc/${ofPid}/task/${ofPid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}

const now = () => ({ ms: performance.now(), waited: waitedMs(pid) + waitedMs(process.pid) });
const since = (start) => {
  const end = now();
  return Math.max(0, end.ms - start.ms - (end.waited - start.waited));
};

const nothing = () => ({ healthMs: 0, sampleLateMs: 0, machineMs: 0, answers: 0, samples: 0, refused: [] });
let seen = nothing();
let outstanding = 0;

function askHealth() {
  if (outstanding >= outstandingMax) return;
  outstanding += 1;
  const start = now();
  const ended = (status) => {
    outstanding -= 1;
    seen.healthMs = Math.max(seen.healthMs, since(start));
    if (status === 200 || status === 503) seen.answers += 1;
    else seen.refused.push(status);
  };
  get({ port, host: '127.0.0.1', path: '/api/health', agent: false }, (answer) => {
    answer.resume();
    answer.once('end', () => ended(answer.statusCode));
  }).once('error', (error) => ended(error.code));
}

let before = null;

function takeSample(t) {
  const at = now();
  if (before) {
    const late = t - before.t - intervalMs - (at.waited - before.at.waited);
    seen.sampleLateMs = Math.max(seen.sampleLateMs, late);
    seen.samples += 1;
  }
  before = { t, at };
}

/** What the machine makes everybody wait for: a process that is woken, and a file that is written to the disk. */
async function measureMachine() {
  const folder = await mkdtemp(join(tmpdir(), 'hostbeat-bystander-'));
  const file = await open(join(folder, 'file'), 'w');
  process.once('disconnect', () => rm(folder, { recursive: true }).finally(() => process.exit()));
  let dueAt = performance.now() + askEveryMs;
  setInterval(() => {
    seen.machineMs = Math.max(seen.machineMs, performance.now() - dueAt);
    dueAt = performance.now() + askEveryMs;
  }, askEveryMs);
  for (;;) {
    const startedAt = performance.now();
    await file.write('x');
    await file.datasync();
    seen.machineMs = Math.max(seen.machineMs, performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}
void measureMachine();

let rest = '';
get({ port, host: '127.0.0.1', path: '/api/events?types=cpu', agent: false }, (answer) => {
  answer.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const t = line.startsWith('data: {"t":') ? JSON.parse(line.slice(6)).t : null;
      if (t !== null) takeSample(t);
    }
  });
  answer.once('close', () => process.send({ closed: true }));
  setInterval(askHealth, askEveryMs);
  process.send({ ready: true });
});

process.on('message', (word) => {
  if (word === 'begin') {
    seen = nothing();
    before = null;
  } else {
    process.send({ seen });
  }
});
