import { describe, expect, it } from 'vitest';
import { fixtureText } from '@/lib/testing/linux/fixture';
import { parseStat } from './stat';

describe('/proc/stat', () => {
  it('gives the times of all cores together, of each, and the tasks', () => {
    const stat = parseStat(fixtureText('laptop', 'proc/stat'));
    expect(stat).toMatchObject({ runningTasks: 3, blockedTasks: 1, bootTime: 1_790_000_000 });
    expect(stat?.all).toEqual({
      user: 100_000,
      nice: 2000,
      system: 50_000,
      idle: 900_000,
      iowait: 4000,
      irq: 1000,
      softirq: 500,
      steal: 0,
      guest: 3000,
      guestNice: 200,
    });
    expect(stat?.cores).toHaveLength(8);
  });

  it('has null for the modes that an old kernel does not count', () => {
    expect(parseStat(fixtureText('old-vm', 'proc/stat'))?.all).toMatchObject({
      steal: 5000,
      guest: null,
      guestNice: null,
    });
  });

  it('keeps cores at their numbers, with null for those offline', () => {
    const online = parseStat(fixtureText('hotplug', 'proc/stat'))?.cores.map((core) => core !== null);
    expect(online).toEqual([true, true, false, true, false, true]);
  });

  it.each([
    ['empty', ''],
    ['another file', 'MemTotal: 12 kB\n'],
    ['binary', '\0\x01\xffcpu\0\x02'],
    ['cut within the first line', 'cpu  7153 0 5295 994'],
    ['short of columns', 'cpu  1 2 3\n'],
    ['not of numbers', 'cpu  a b c x\n'],
  ])('is null when it is %s', (_, text) => {
    expect(parseStat(text)).toBeNull();
  });

  it.each([
    ['no number', 'x'],
    ['below nothing', '-4'],
    ['a fraction', '4.5'],
    ['digits and more', '4x'],
    ['nan', 'nan'],
    ['all ones of 64 bits', '18446744073709551615'],
    ['a little past what a number holds', '9007199254740993'],
    ['of a thousand digits', '9'.repeat(1000)],
  ])('has null for a mode that is %s, and keeps the others', (_, figure) => {
    const all = parseStat(`cpu  1 2 3 4 5 6 7 ${figure} 9 10\n`)?.all;
    expect(all).toMatchObject({ user: 1, idle: 4, softirq: 7, steal: null, guest: 9 });
    expect(parseStat(`cpu  ${figure} 2 3 4\n`)?.all).toMatchObject({ user: null, nice: 2, idle: 4 });
  });

  it('loses no core to the line of another', () => {
    const { all, cores } = parseStat('cpu  1 2 3 4\ncpu0 x y\ncpu1 1 2 3 4\ncpu2 nan 2 3 4\n') ?? {};
    expect(all?.user).toBe(1);
    expect(cores).toMatchObject([null, { user: 1 }, { user: null, nice: 2 }]);
  });

  it('leaves out a last line that was cut, whose number may be a tenth of the true one', () => {
    const stat = parseStat('cpu  1 2 3 4\ncpu0 1 2 3 4\ncpu1 1 2 3 4');
    expect(stat?.cores).toHaveLength(1);
    expect(parseStat('cpu  1 2 3 4\nprocs_running 12')?.runningTasks).toBeNull();
  });

  it('does not let a garbled CPU number size an array', () => {
    expect(parseStat('cpu  1 2 3 4\ncpu4000000000 1 2 3 4\ncpu1e9 1 2 3 4\ncpu-1 1 2 3 4\n')?.cores).toEqual(
      [],
    );
  });

  it('takes 4096 CPUs', () => {
    const lines = Array.from({ length: 4096 }, (_, cpu) => `cpu${cpu} 7153 0 5295 994628 455 0 109 20 0 0\n`);
    const stat = parseStat(`cpu  7153 0 5295 994628 455 0 109 20 0 0\n${lines.join('')}procs_running 2\n`);
    expect(stat?.cores).toHaveLength(4096);
    expect(stat?.cores[4095]?.idle).toBe(994_628);
    expect(stat?.runningTasks).toBe(2);
  });
});
