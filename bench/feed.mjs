import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { main, Stop, say } from '../scripts/project.mjs';
import { measureBursts } from './feed/bursts.mjs';
import { loadCore, measure } from './feed/measure.mjs';
import { installNchan } from './feed/nchan.mjs';
import { goalsTable, remarksOn, serversTable } from './feed/report.mjs';
import { measureResume } from './feed/resume.mjs';
import { servers } from './feed/servers.mjs';
import { machine, prepare } from './server.mjs';

/**
 * What it costs to send the feed to many: one server after the other on one core, the load generator, which is
 * this process, on another. `node bench/feed.mjs --clients 1000 --seconds 10 --only Hostbeat` is a short run.
 */
const resumers = 1000;
/** Sockets are not all that a process keeps open. */
const filesBesides = 300;
const endsWithinMs = 45 * 60_000;

function parsed(options) {
  try {
    return parseArgs({ options });
  } catch (error) {
    throw new Stop(error.message);
  }
}

function parseOptions() {
  const text = (fallback) => ({ type: 'string', default: fallback });
  const options = { clients: text('10000'), seconds: text('30'), behind: text('60'), only: text('') };
  const { values } = parsed(options);
  const number = (name) => {
    if (!/^[1-9]\d{0,5}$/.test(values[name])) throw new Stop(`--${name} takes a whole number from 1`);
    return Number(values[name]);
  };
  return {
    clients: number('clients'),
    seconds: number('seconds'),
    behindSeconds: number('behind'),
    only: values.only.toLowerCase(),
  };
}

function requireFiles(clients) {
  if (process.platform !== 'linux') throw new Stop('This measurement reads /proc, so it runs on Linux only');
  const files = Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
  const needed = Math.max(clients, resumers) + filesBesides;
  if (files >= needed) return;
  throw new Stop(
    `${clients} clients need ${needed} open files, ulimit -n allows ${files}: raise it, or --clients`,
  );
}

function pinThisProcess() {
  try {
    execFileSync('taskset', ['-acp', String(loadCore), String(process.pid)], { stdio: 'ignore' });
  } catch {
    throw new Stop('This measurement needs two cores and taskset, which is of util-linux');
  }
}

/** A server that fails is a row that says so; the others are still measured. */
async function attempt(name, work) {
  say(`${new Date().toISOString().slice(11, 19)} ${name}`);
  try {
    return { name, figures: await work() };
  } catch (error) {
    return { name, figures: undefined, reason: `not measured: ${error.message}` };
  }
}

async function measureServer({ start }, { clients, seconds }) {
  const server = await start({ clients });
  try {
    return await measure({ ...server, clients, seconds });
  } finally {
    await server.stop();
  }
}

await main(async () => {
  const options = parseOptions();
  const { clients, seconds, only } = options;
  requireFiles(clients);
  await prepare();
  await installNchan();
  pinThisProcess();
  // Only now: what installs and builds passes a signal on by itself.
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  setTimeout(() => {
    console.error(`The measurement was given up after ${endsWithinMs / 60_000} minutes`);
    process.exit(1);
  }, endsWithinMs).unref();

  const isAsked = (name) => name.toLowerCase().includes(only);
  const results = [];
  for (const server of servers) {
    if (isAsked(server.name)) results.push(await attempt(server.name, () => measureServer(server, options)));
  }
  const ask = (name, work) => (isAsked(name) ? attempt(name, () => work(options)) : { name });
  const bursts = await ask('Hostbeat, six events a tick', measureBursts);
  const resume = await ask('Hostbeat, resume', (all) => measureResume({ ...all, clients: resumers }));

  const figuresOf = (name) => results.find((result) => result.name === name)?.figures;
  const bare = figuresOf(servers[0].name);
  say(`\nFeed: ${clients} clients, one event a second, ${seconds} s (${machine()})\n`);
  say(serversTable(results, bare));
  say(
    `\n${goalsTable({ bare, hostbeat: figuresOf('Hostbeat'), bursts: bursts.figures, resume: resume.figures })}`,
  );
  for (const { name, reason } of [bursts, resume]) if (reason) say(`${name}: ${reason}`);
  for (const remark of [...results, bursts].flatMap(remarksOn)) say(remark);
  process.exit();
});
