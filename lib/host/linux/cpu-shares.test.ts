import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { busyPercent, type CpuShares, cpuShares } from './cpu-shares';
import { fixtureText, type Machine } from './fixture';
import { type CpuTimes, parseStat, type Stat } from './stat';

describe('CPU shares between two readings', () => {
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
    const after = { ...before, user: before.user + 25, idle: before.idle + 75, iowait: 495 };
    expect(cpuShares(before, after)).toMatchObject({ totalPercent: 25, iowaitPercent: 0, idlePercent: 75 });
  });

  it('is null when no time passed', () => {
    expect(cpuShares(still, still)).toBeNull();
  });

  it('is null when the counters were set back as a whole', () => {
    expect(cpuShares(still, { ...still, user: 10, system: 10, idle: 10 })).toBeNull();
    // A restored container may be idle for longer than the one before it, and yet have worked less.
    expect(cpuShares(still, { ...still, user: 0, idle: 2_000_000 })).toBeNull();
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

  it('stays within 0 and 100 for any two readings at all', () => {
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
