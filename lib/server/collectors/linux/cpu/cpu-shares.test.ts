import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureText, type Machine } from '@/lib/testing/linux/fixture';
import { busyPercent, type CpuShares, cpuShares } from './cpu-shares';
import { type CpuTimes, parseStat, type Stat } from './stat';

describe('CPU shares between two samples', () => {
  it('takes guest out of user and guest_nice out of nice, and waiting out of the total', () => {
    // 800 ticks: user 120 with 20 of guest, nice 10 with 4 of guest, system 60, idle 560, iowait 24, irq 8, softirq 18.
    const [before, after] = secondOf('laptop');
    expect(cpuShares(before.all, after.all)).toEqual({
      totalPercent: 27,
      userPercent: 12.5,
      nicePercent: 0.75,
      systemPercent: 7.5,
      idlePercent: 70,
      iowaitPercent: 3,
      irqPercent: 1,
      softirqPercent: 2.25,
      stealPercent: 0,
      guestPercent: 3,
    });
  });

  it('has stolen time in the total, and null for a mode that is not counted', () => {
    // 200 ticks: user 40, system 20, idle 90, softirq 10, steal 40.
    const [before, after] = secondOf('old-vm');
    expect(cpuShares(before.all, after.all)).toMatchObject({
      totalPercent: 55,
      userPercent: 20,
      stealPercent: 20,
      guestPercent: null,
    });
  });

  it('counts a mode that ran backwards as no time', () => {
    const before = { ...still, iowait: 500 };
    const after = { ...before, user: 1025, idle: 90_075, iowait: 495 };
    expect(cpuShares(before, after)).toMatchObject({ totalPercent: 25, iowaitPercent: 0, idlePercent: 75 });
  });

  const spent = (ticks: Partial<CpuTimes>): CpuTimes => ({ ...still, user: 1020, idle: 90_180, ...ticks });

  it('keeps all others when steal runs backwards, however far and for ever', () => {
    const at = (second: number) => ({
      ...still,
      user: 1000 + second * 20,
      idle: 90_000 + second * 180,
      steal: 10 ** 15 - second * 832_457_433,
    });
    for (let second = 1; second <= 3; second++) {
      const [before, after] = [at(second - 1), at(second)];
      expect(cpuShares(before, after, 100)).toMatchObject({
        totalPercent: 10,
        userPercent: 10,
        systemPercent: 0,
        idlePercent: 90,
        stealPercent: null,
      });
      expect(busyPercent(before, after, 100)).toBe(10);
    }
  });

  it.each(['nice', 'system', 'softirq', 'irq', 'iowait', 'steal', 'guest', 'guestNice'] as const)(
    'keeps all others when %s runs backwards, or has no figure',
    (mode) => {
      const before = { ...still, [mode]: 5_000_000 };
      for (const figure of [4_000_000, null]) {
        const shares = cpuShares(before, spent({ [mode]: figure }), 200);
        expect(shares).toMatchObject({ totalPercent: 10, userPercent: 10, idlePercent: 90 });
      }
    },
  );

  it('takes the time that passed where idle or user ran backwards', () => {
    const noIdle = spent({ idle: 5 });
    expect(cpuShares(still, noIdle, 200)).toMatchObject({
      totalPercent: 10,
      userPercent: 10,
      idlePercent: null,
    });
    expect(cpuShares(still, noIdle)).toMatchObject({ totalPercent: null });
    expect(cpuShares(still, spent({ user: 5 }), 200)).toMatchObject({
      totalPercent: 10,
      userPercent: null,
      idlePercent: 90,
    });
  });

  it('does not believe a mode that rose by far more than time passed', () => {
    const after = spent({ steal: 10 ** 14 });
    expect(cpuShares(still, after, 200)).toMatchObject({ totalPercent: 10, stealPercent: null });
  });

  it('is null when no time passed', () => {
    expect(cpuShares(still, still)).toBeNull();
  });

  it('is null when the counters were set back as a whole', () => {
    expect(cpuShares(still, { ...still, user: 10, system: 10, idle: 10 })).toBeNull();
    // A restored container may be idle for longer than the one before it, and yet have worked less.
    expect(cpuShares(still, { ...still, user: 0, system: 0, idle: 2_000_000 })).toBeNull();
  });

  it('stays within 0 and 100 and adds up to 100, whatever two rising counters say', () => {
    fc.assert(
      fc.property(columns, columns, (line, spent) => {
        const shares = cpuShares(timesOf(line), timesOf(added(line, spent)));
        if (shares) expect(sumOfModes(shares)).toBeCloseTo(100, 1);
        expectPercents(shares);
      }),
    );
  });

  it('stays within 0 and 100 for any two samples at all', () => {
    fc.assert(
      fc.property(columns, columns, (before, after) => {
        const shares = cpuShares(timesOf(before), timesOf(after));
        expectPercents(shares);
        expect(busyPercent(timesOf(before), timesOf(after))).toBe(shares?.totalPercent ?? null);
      }),
    );
  });
});

const still: CpuTimes = {
  user: 1000,
  nice: 0,
  system: 400,
  idle: 90_000,
  iowait: 30,
  irq: 0,
  softirq: 20,
  steal: 0,
  guest: 0,
  guestNice: 0,
};

/** The columns of a CPU's line: four at least, and more with each generation of kernels. */
const columns = fc.array(fc.oneof(fc.nat(1000), fc.nat({ max: 2 ** 40 })), { minLength: 4, maxLength: 10 });

function timesOf(line: readonly number[]): CpuTimes {
  const stat = parseStat(`cpu  ${line.join(' ')}\n`);
  if (!stat) throw new Error('four columns are enough');
  return stat.all;
}

const added = (line: readonly number[], spent: readonly number[]) =>
  line.map((ticks, column) => ticks + (spent[column] ?? 0));

function sumOfModes({ totalPercent: _, ...modes }: CpuShares): number {
  return Object.values(modes).reduce<number>((sum, share) => sum + (share ?? 0), 0);
}

function expectPercents(shares: CpuShares | null): void {
  for (const share of Object.values(shares ?? {})) {
    expect(share === null || (share >= 0 && share <= 100)).toBe(true);
  }
}

function secondOf(machine: Machine): [Stat, Stat] {
  const before = parseStat(fixtureText(machine, 'proc/stat'));
  const after = parseStat(fixtureText(machine, 'later/stat'));
  if (!before || !after) throw new Error(`the fixture ${machine} is broken`);
  return [before, after];
}
