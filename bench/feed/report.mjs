import { table } from '../server.mjs';

const busyFrom = 0.9;
/** Work of others on the server's core that would show in the figures. */
const othersFrom = 0.05;

const fixed = (digits) => (value) => (Number.isFinite(value) ? value.toFixed(digits) : '–');
const [whole, tenths, hundredths] = [0, 1, 2].map(fixed);
const percent = (share) => `${(share * 100).toFixed(0)} %`;

const heads = [
  'server',
  'CPU µs an event',
  '× bare',
  'p50 ms',
  'p99 ms',
  'KiB a client',
  's to accept all',
  'ticks lost, late',
  'events lost, doubled',
  'bytes an event',
];

function rowOf({ name, figures, reason }, bare) {
  if (!figures) return [name, reason, ...heads.slice(2).map(() => '')];
  return [
    name,
    tenths(figures.microseconds),
    hundredths(figures.microseconds / bare?.microseconds),
    whole(figures.p50),
    whole(figures.p99),
    tenths(figures.kibibytes),
    tenths(figures.acceptSeconds),
    `${figures.ticks.lost}, ${figures.ticks.late}`,
    `${figures.eventsLost}, ${figures.eventsDoubled}`,
    whole(figures.eventBytes),
  ];
}

/** One row a server; `bare` are the figures that the ratio is of. */
export function serversTable(results, bare) {
  return table(
    heads,
    results.map((result) => rowOf(result, bare)),
  );
}

/** What a reader of the figures must know besides, one line each. */
export function remarksOn({ name, figures }) {
  if (!figures) return [];
  const { loadCoreBusy, loadShare, othersOnServerCore, gaps, streamsEnded } = figures;
  const remarks = [];
  if (loadCoreBusy > busyFrom) {
    remarks.push(`the load generator's core was ${percent(loadCoreBusy)} busy (${percent(loadShare)} by it)`);
  }
  if (othersOnServerCore > othersFrom) {
    remarks.push(`others took ${percent(othersOnServerCore)} of the server's core`);
  }
  if (gaps > 0) remarks.push(`${gaps} gaps were announced`);
  if (streamsEnded > 0) remarks.push(`${streamsEnded} streams ended early`);
  return remarks.map((remark) => `${name}: ${remark}`);
}

const isWhole = ({ eventsLost, eventsDoubled }) => eventsLost === 0 && eventsDoubled === 0;
const losses = (figures) =>
  isWhole(figures) ? '' : `, ${figures.eventsLost} events lost, ${figures.eventsDoubled} doubled`;

/**
 * Hostbeat's figures beside its goals, which are for 10,000 clients.
 * @param {{ bare?: object, hostbeat?: object, bursts?: object, resume?: object }} all
 */
export function goalsTable({ bare, hostbeat, bursts, resume }) {
  const rows = [];
  const add = (goal, limit, measured, isMet) => rows.push([goal, limit, measured, isMet ? 'yes' : 'no']);
  if (hostbeat && bare) {
    const ratio = hostbeat.microseconds / bare.microseconds;
    add('CPU an event', '≤ 1.0 × bare', `${hundredths(ratio)} × bare`, ratio <= 1);
    const accept = hostbeat.acceptSeconds / bare.acceptSeconds;
    add('to accept all', '≤ 2 × bare', `${hundredths(accept)} × bare`, accept <= 2);
  }
  if (hostbeat) {
    const { kibibytes, p99, ticks, eventsLost, eventsDoubled } = hostbeat;
    add('memory a client', '≤ 20 KiB', `${tenths(kibibytes)} KiB`, kibibytes <= 20);
    add('p99 latency', '≤ 200 ms', `${whole(p99)} ms`, p99 <= 200);
    add('ticks lost', '0', ticks.lost, ticks.lost === 0);
    add('events lost, doubled', '0, 0', `${eventsLost}, ${eventsDoubled}`, isWhole(hostbeat));
  }
  if (bursts) {
    const { eventsPerSecond, coreShare, p99 } = bursts;
    const measured = `${whole(eventsPerSecond)} a second in ${percent(coreShare)} of a core, p99 ${whole(p99)} ms`;
    // A span has its whole number of ticks, and ends a few ms late.
    const isMet = eventsPerSecond >= 59_900 && coreShare <= 0.5 && isWhole(bursts);
    add('six events a tick', '60,000 a second in ≤ 50 % of a core', measured + losses(bursts), isMet);
  }
  if (resume) {
    const { seconds, eventsEach, cpuSeconds } = resume;
    const measured = `${hundredths(seconds)} s for ${eventsEach} events each, ${hundredths(cpuSeconds)} s of CPU`;
    add('1,000 resume at once', '≤ 2 s', measured + losses(resume), seconds <= 2 && isWhole(resume));
  }
  return rows.length > 0 ? table(['goal', 'limit', 'measured', 'met'], rows) : '';
}
