import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { diskCollector } from './disk/disk-collector';
import { networkCollector } from './network/network-collector';
import { pressureCollector } from './pressure/pressure-collector';

const { signal } = new AbortController();
const roots = { procPath: '/proc', sysPath: '/sys' };

/** A clock that stands until it is set: ten seconds on, a rate is a tenth of what was counted. */
function handSetClock() {
  let time = 0;
  return {
    clock: clockWith({ monotonicMs: () => time }),
    set(ms: number) {
      time = ms;
    },
  };
}

describe.runIf(process.platform === 'linux')('this machine, against what sysfs counts itself', () => {
  it('has moved as many bytes over its loopback', async () => {
    const counted = () => BigInt(readFileSync('/sys/class/net/lo/statistics/rx_bytes', 'latin1').trim());
    const { clock, set } = handSetClock();
    const reading = networkCollector({ ...roots, clock });

    const outerBefore = counted();
    await reading.collect(signal);
    const innerBefore = counted();
    set(10_000);
    await sendOverLoopback(3_000_000);
    const innerAfter = counted();
    const sample = await reading.collect(signal);
    const outerAfter = counted();

    const lo = sample?.interfaces.find(({ name }) => name === 'lo');
    const rate = lo?.rxBytesPerSecond ?? Number.NaN;
    expect(Math.ceil(rate * 10)).toBeGreaterThanOrEqual(Number(innerAfter - innerBefore));
    expect(Math.floor(rate * 10)).toBeLessThanOrEqual(Number(outerAfter - outerBefore));
    expect(Number(innerAfter - innerBefore)).toBeGreaterThan(3_000_000);
    expect(lo?.up).toBe(true);
  });

  it('has written as many bytes to its disks', async () => {
    const { clock, set } = handSetClock();
    const reading = diskCollector({ ...roots, clock });
    const names = ((await reading.collect(signal))?.devices ?? []).map(({ name }) => name);
    const counted = () =>
      names
        .map((name) =>
          readFileSync(`/sys/block/${name.replaceAll('/', '!')}/stat`, 'latin1')
            .trim()
            .split(/ +/),
        )
        .reduce((sum, columns) => sum + Number(columns[6]) * 512, 0);

    const outerBefore = counted();
    await reading.collect(signal);
    const innerBefore = counted();
    set(10_000);
    writeThrough(8 * 1024 * 1024);
    await sleep(50);
    const innerAfter = counted();
    const sample = await reading.collect(signal);
    const outerAfter = counted();

    const written = (sample?.devices ?? []).reduce((sum, row) => sum + (row.writeBytesPerSecond ?? 0), 0);
    expect(Math.ceil(written * 10)).toBeGreaterThanOrEqual(innerAfter - innerBefore);
    expect(Math.floor(written * 10)).toBeLessThanOrEqual(outerAfter - outerBefore);
    for (const row of sample?.devices ?? []) {
      expect(row.utilPercent).toBeLessThanOrEqual(100);
      expect(row.writeAwaitMs === null).toBe(row.writesPerSecond === 0);
    }
  });

  it('has the pressure of its CPUs, where the kernel provides it', async () => {
    const reading = pressureCollector(roots);
    if (!reading) return;
    const total = () => Number(/total=(\d+)/.exec(readFileSync('/proc/pressure/cpu', 'latin1'))?.[1]);
    const look = () => ({ total: total(), at: performance.now() });
    const outerBefore = look();
    await reading.collect(signal);
    const innerBefore = look();
    await sleep(300);
    const innerAfter = look();
    const sample = await reading.collect(signal);
    const outerAfter = look();
    const share = (from: number, to: number, ms: number) => ((to - from) / 1000 / ms) * 100;
    const least = share(innerBefore.total, innerAfter.total, outerAfter.at - outerBefore.at);
    const most = share(outerBefore.total, outerAfter.total, innerAfter.at - innerBefore.at);
    expect(sample?.cpu.somePercent).toBeGreaterThanOrEqual(Math.floor(least));
    expect(sample?.cpu.somePercent).toBeLessThanOrEqual(Math.ceil(most));
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
