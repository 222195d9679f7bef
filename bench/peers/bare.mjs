import { readFileSync } from 'node:fs';

/** The least that reading this machine each second costs a Node.js program: the files alone, kept as they are. */
const pressures = ['cpu', 'memory', 'io'].map((name) => `pressure/${name}`);
const files = ['stat', 'meminfo', 'loadavg', 'net/dev', 'diskstats', 'vmstat', 'uptime', ...pressures];

let kept = '';
setInterval(() => {
  kept = files.map(read).join('');
}, 1000);
process.once('exit', () => kept.length);

function read(file) {
  try {
    return readFileSync(`/proc/${file}`, 'latin1');
  } catch {
    return '';
  }
}
