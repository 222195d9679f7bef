import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { root } from '../scripts/run.mjs';
import { machine, median, prepare, table } from './server.mjs';

/** From `npm start` on a built tree to the first event in a client's hands. */
const runs = 5;

async function measure(port) {
  const startedAt = performance.now();
  const child = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  const listening = await firstEvent(port);
  const ms = performance.now() - startedAt;
  const ended = once(child, 'exit');
  process.kill(-(child.pid ?? 0), 'SIGTERM');
  await ended;
  return { ms, type: listening };
}

async function firstEvent(port) {
  for (;;) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/api/events?window=10`);
      let text = '';
      for await (const chunk of answer.body) {
        text += Buffer.from(chunk).toString();
        const type = /^event: (cpu|memory)$/m.exec(text)?.[1];
        if (type) return type;
      }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

await prepare();
const results = [];
for (let run = 0; run < runs; run += 1) results.push((await measure(43_100 + run)).ms);
process.stdout.write(`Start-up: npm start on a built tree to the first event (${machine()})\n\n`);
const ms = (value) => `${Math.round(value)} ms`;
process.stdout.write(
  `${table(['runs', 'fastest', 'median', 'slowest'], [[runs, ms(Math.min(...results)), ms(median(results)), ms(Math.max(...results))]])}\n`,
);
