import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clockWith } from '@/lib/testing/fake-clock';
import { parsePressure } from './pressure';
import { pressureCollector } from './pressure-collector';

const { signal } = new AbortController();

describe('/proc/pressure', () => {
  it('is read with and without a full line', () => {
    const some = 'some avg10=1.25 avg60=0.00 avg300=0.00 total=12345\n';
    expect(parsePressure(`${some}full avg10=0.50 avg60=0.00 avg300=0.00 total=99\n`)).toEqual({
      some: { avg10: 1.25, totalMicroseconds: 12_345 },
      full: { avg10: 0.5, totalMicroseconds: 99 },
    });
    expect(parsePressure(some)?.full).toBeNull();
  });

  it.each([
    ['empty', ''],
    ['cut off', 'some avg10=1.25 avg60=0.00 avg300=0.00 total=123'],
    ['without figures', 'some avg10= avg60= avg300= total=\n'],
    ['binary', '\0\xff\x01some\n'],
  ])('is null when it is %s', (_, text) => {
    expect(parsePressure(text)).toBeNull();
  });

  it.each([
    ['nan', '12', { avg10: null, totalMicroseconds: 12 }],
    ['-1.00', '12', { avg10: null, totalMicroseconds: 12 }],
    ['655.35', '12', { avg10: 100, totalMicroseconds: 12 }],
    ['1.25', '-12', { avg10: 1.25, totalMicroseconds: null }],
    ['1.25', '18446744073709551615', { avg10: 1.25, totalMicroseconds: null }],
  ])('loses only the figure that is none: %s and %s', (avg10, total, some) => {
    const bad = `some avg10=${avg10} avg60=0.00 avg300=0.00 total=${total}\n`;
    const full = 'full avg10=0.50 avg60=0.00 avg300=0.00 total=99\n';
    expect(parsePressure(bad + full)).toEqual({ some, full: { avg10: 0.5, totalMicroseconds: 99 } });
    expect(parsePressure(full)?.some).toBeNull();
  });

  it('has a full line of null when that was cut off', () => {
    const text =
      'some avg10=1.25 avg60=0.00 avg300=0.00 total=12\nfull avg10=0.50 avg60=0.00 avg300=0.00 tot';
    expect(parsePressure(text)).toMatchObject({ some: { totalMicroseconds: 12 }, full: null });
  });
});

describe('the collector', () => {
  let procPath: string;
  let nowMs = 0;
  const clock = clockWith({ monotonicMs: () => nowMs });
  const write = (name: string, avg10: string, total: number) =>
    writeFileSync(
      join(procPath, 'pressure', name),
      `some avg10=${avg10} avg60=0.00 avg300=0.00 total=${total}\n`,
    );
  beforeEach(() => {
    procPath = mkdtempSync(join(tmpdir(), 'hostbeat-'));
    mkdirSync(join(procPath, 'pressure'));
  });
  afterEach(() => rmSync(procPath, { recursive: true }));

  it('rejects on a kernel without PSI, with the cause', async () => {
    await expect(pressureCollector({ procPath }).collect(signal)).rejects.toThrow(join(procPath, 'pressure'));
    rmSync(join(procPath, 'pressure'), { recursive: true });
    await expect(pressureCollector({ procPath }).collect(signal)).rejects.toHaveProperty(
      'cause.cause.code',
      'ENOENT',
    );
  });

  it('has the share of the time that passed, and at most all of it', async () => {
    write('io', '0.00', 1_000_000);
    const reading = pressureCollector({ procPath, clock });
    await reading.collect(signal);
    nowMs += 2_000;
    write('io', '99.99', 1_500_000);
    expect(await reading.collect(signal)).toMatchObject({
      cpu: { someAvg10: null, somePercent: null },
      io: { someAvg10: 99.99, somePercent: 25, fullPercent: null },
    });
    nowMs += 100;
    write('io', '100.00', 1_700_000);
    expect(await reading.collect(signal)).toMatchObject({ io: { somePercent: 100 } });
    nowMs += 1_000;
    write('io', '0.00', 9_000_000_000_000);
    expect(await reading.collect(signal)).toMatchObject({ io: { someAvg10: 0, somePercent: null } });
  });

  it('has no share where the counter ran backwards, or in the cycle after a gap', async () => {
    write('io', '1.00', 5_000);
    write('cpu', '1.00', 5_000);
    const reading = pressureCollector({ procPath, clock });
    await reading.collect(signal);
    nowMs += 1_000;
    write('io', '1.00', 4_000);
    expect(await reading.collect(signal)).toMatchObject({ io: { someAvg10: 1, somePercent: null } });
    nowMs += 1_000;
    rmSync(join(procPath, 'pressure/io'));
    expect(await reading.collect(signal)).toMatchObject({ io: { someAvg10: null }, cpu: { someAvg10: 1 } });
    nowMs += 1_000;
    write('io', '1.00', 9_000);
    expect(await reading.collect(signal)).toMatchObject({ io: { someAvg10: 1, somePercent: null } });
  });

  it('rejects by name when all of it is gone', async () => {
    write('io', '1.00', 5_000);
    const reading = pressureCollector({ procPath, clock });
    rmSync(join(procPath, 'pressure'), { recursive: true });
    await expect(reading.collect(signal)).rejects.toThrow(join(procPath, 'pressure'));
  });
});
