import si from 'systeminformation';

/** What a dashboard of systeminformation asks each second: `library.mjs seven|all`. */
const seven = [
  'currentLoad',
  'mem',
  'networkStats',
  'disksIO',
  'fsStats',
  'cpuTemperature',
  'cpuCurrentSpeed',
];
const asked = process.argv[2] === 'all' ? [...seven, 'processes', 'users', 'fsSize'] : seven;

let isAsking = false;
setInterval(async () => {
  if (isAsking) return;
  isAsking = true;
  await Promise.all(asked.map((name) => si[name]()));
  isAsking = false;
}, 1000);
