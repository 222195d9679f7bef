import { run, say } from '../scripts/run.mjs';

/** All measurements, one after the other; `npm run bench -- idle` runs one. */
const all = ['start-up', 'page-weight', 'idle'];
const asked = process.argv.slice(2);

for (const name of asked.length > 0 ? asked : all) {
  if (!all.includes(name)) {
    say(`There is no ${name}; there are ${all.join(', ')}.`);
    process.exitCode = 1;
    continue;
  }
  const code = await run(process.execPath, [`bench/${name}.mjs`]);
  if (code !== 0) process.exitCode = code;
  say('');
}
