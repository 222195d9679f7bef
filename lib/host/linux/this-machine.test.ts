import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { diskReading } from './disk-reading';
import { networkReading } from './network-reading';
import { pressureReading } from './pressure-reading';

const { signal } = new AbortController();
const roots = { procPath: '/proc', sysPath: '/sys' };

/** A clock that tells how long it was between its last two calls. */
function stopwatch() {
  const times: number[] = [];
  return {
    now() {
      const time = performance.now();
      times.push(time);
      return time;
    },
    times,
  };
}

describe.runIf(process.platform === 'linux')('this machine, against what sysfs counts itself', () => {
  it('has moved as many bytes over its loopback', async () => {
    const counted = () => BigInt(readFileSync('/sys/class/net/lo/statistics/rx_bytes', 'latin1').trim());
    const { now, times } = stopwatch();
    const reading = networkReading({ ...roots, now });

    const outerBefore = counted();
    await reading.read(signal);
    const innerBefore = counted();
    const firstTimes = times.length;
    await sendOverLoopback(3_000_000);
    const innerAfter = counted();
    const sample = await reading.read(signal);
    const outerAfter = counted();

    const lo = sample?.interfaces.find(({ name }) => name === 'lo');
    const rate = lo?.rxBytesPerSecond ?? Number.NaN;
    // The looks at the clock are a little off the reads of the file.
    const seconds = ((times.at(-1) ?? 0) - (times[firstTimes - 1] ?? 0)) / 1000;
    expect(rate * seconds).toBeGreaterThan(Number(innerAfter - innerBefore) * 0.9);
    expect(rate * seconds).toBeLessThan(Number(outerAfter - outerBefore) * 1.1);
    expect(Number(innerAfter - innerBefore)).toBeGreaterThan(3_000_000);
    expect(lo?.up).toBe(true);
  });

  it('has written as many bytes to its disks', async () => {
    const { now, times } = stopwatch();
    const reading = diskReading({ ...roots, now });
    const names = ((await reading.read(signal))?.devices ?? []).map(({ name }) => name);
    const counted = () =>
      names
        .map((name) =>
          readFileSync(`/sys/block/${name.replaceAll('/', '!')}/stat`, 'latin1')
            .trim()
            .split(/ +/),
        )
        .reduce((sum, columns) => sum + Number(columns[6]) * 512, 0);

    const outerBefore = counted();
    await reading.read(signal);
    const innerBefore = counted();
    const beganAt = times.at(-1) ?? 0;
    writeThrough(8 * 1024 * 1024);
    await sleep(50);
    const innerAfter = counted();
    const sample = await reading.read(signal);
    const outerAfter = counted();

    const seconds = ((times.at(-1) ?? 0) - beganAt) / 1000;
    const written = (sample?.devices ?? []).reduce((sum, row) => sum + (row.writeBytesPerSecond ?? 0), 0);
    expect(written * seconds).toBeGreaterThanOrEqual((innerAfter - innerBefore) * 0.95);
    expect(written * seconds).toBeLessThanOrEqual((outerAfter - outerBefore) * 1.05 + 1);
    for (const row of sample?.devices ?? []) {
      expect(row.utilPercent).toBeLessThanOrEqual(100);
      expect(row.writeAwaitMs === null).toBe(row.writesPerSecond === 0);
    }
  });

  it('has the pressure of its CPUs, where the kernel tells it', async () => {
    const reading = pressureReading(roots);
    if (!reading) return;
    const total = () => Number(/total=(\d+)/.exec(readFileSync('/proc/pressure/cpu', 'latin1'))?.[1]);
    await reading.read(signal);
    const [before, beganAt] = [total(), performance.now()];
    await sleep(300);
    const [after, endedAt] = [total(), performance.now()];
    const sample = await reading.read(signal);
    const theirs = ((after - before) / 1000 / (endedAt - beganAt)) * 100;
    expect(Math.abs((sample?.cpu.somePercent ?? Number.NaN) - theirs)).toBeLessThan(15);
  });
});

/** Sends bytes to itself by TCP; resolves when all of them have arrived. */
async function sendOverLoopback(bytes: number): Promise<void> {
  const { promise, resolve, reject } = deferred();
  const server = createServer((socket) => {
    let received = 0;
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received >= bytes) resolve();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  const client = connect(port, '127.0.0.1', () => client.end(Buffer.alloc(bytes)));
  client.on('error', reject);
  await promise;
  server.close();
}

function deferred() {
  let resolve = () => {};
  let reject = (_: Error) => {};
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

/** Writes to the disk that holds the folder for temporary files, and waits until it is there. */
function writeThrough(bytes: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  const file = openSync(join(folder, 'load'), 'w');
  writeSync(file, Buffer.alloc(bytes, 7));
  fsyncSync(file);
  closeSync(file);
  rmSync(folder, { recursive: true });
}
