/** What the servers beside Hostbeat have in common: the same event once a second, and the line that says where. */
const intervalMs = 1000;
const eventBytes = 1024;

/**
 * Calls back once a second, on the second of its start. A tick whose time has passed is skipped, as Hostbeat's
 * sampler does, so that overload shows as ticks that are not there.
 * @param {(tick: { number: number, t: number }) => void} onTick `number` from 1, `t` in Unix ms
 */
export function everySecond(onTick) {
  const startedAt = performance.now();
  let number = 0;
  const tick = () => {
    number += 1;
    onTick({ number, t: Date.now() });
    const passed = Math.round((performance.now() - startedAt) / intervalMs);
    timer = setTimeout(tick, startedAt + (passed + 1) * intervalMs - performance.now());
  };
  let timer = setTimeout(tick, intervalMs);
  return () => clearTimeout(timer);
}

/**
 * An event that is 1 KiB on the wire.
 * @param {{ number: number, t: number }} tick
 */
export function eventOf({ number, t }) {
  const id = String(number);
  const text = (fill) => JSON.stringify({ t, host: 'bench', fill });
  const data = text('x'.repeat(eventBytes - frameOf({ id, event: 'cpu', data: text('') }).length));
  return { id, event: 'cpu', data };
}

export function frameOf({ id, event, data }) {
  return `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`;
}

/** Sent with the head, so that a client knows at once that it was accepted. */
export const opening = ': open\n\n';

export const headers = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-cache, no-transform',
};

/** @param {import('node:http').Server} server */
export function listenAndSay(server) {
  server.listen(0, '127.0.0.1', () => sayPort(server.address().port));
}

export function sayPort(port) {
  console.log(`live at http://127.0.0.1:${port}`);
}
