import { inProject, main, Stop, say } from '../scripts/project.mjs';
import { run } from '../scripts/run.mjs';

/** All measurements, one after the other; `npm run bench -- idle` runs one. */
const all = [
  'start-up',
  'page-weight',
  'cold-load',
  'charts',
  'idle',
  'peers',
  'growth',
  'history',
  'written',
  'feed',
  'filters',
  'alerts',
  'alert-latency',
  'publish',
  'replay',
  'faults',
  'one-client',
  'surface',
];

await main(async () => {
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !all.includes(name));
  if (unknown) throw new Stop(`There is no measurement ${unknown}; there are ${all.join(', ')}`);
  for (const name of asked.length > 0 ? asked : all) {
    const code = await run(process.execPath, [inProject('bench', `${name}.mjs`)]);
    if (code !== 0) process.exitCode = code;
    say('');
  }
});
