import { describe, expect, it } from 'vitest';
import { fixtureText } from '@/lib/testing/linux/fixture';
import { parseMeminfo } from './meminfo';

const KiB = 1024;

describe('/proc/meminfo', () => {
  it('counts as used what is not available', () => {
    expect(parseMeminfo(fixtureText('laptop', 'proc/meminfo'))).toEqual({
      totalBytes: 16_280_572 * KiB,
      usedBytes: 7_160_232 * KiB,
      availableBytes: 9_120_340 * KiB,
      freeBytes: 1_203_044 * KiB,
      // 7,210,004 of page cache and 500,000 of slab, less 610,004 shared.
      cachedBytes: 7_100_000 * KiB,
      buffersBytes: 402_120 * KiB,
      swapTotalBytes: 8_388_604 * KiB,
      swapUsedBytes: 262_144 * KiB,
    });
  });

  it('estimates what is available where the kernel does not: free, buffers and cache', () => {
    expect(parseMeminfo(fixtureText('old-vm', 'proc/meminfo'))).toMatchObject({
      cachedBytes: 440_320 * KiB,
      availableBytes: 1_067_008 * KiB,
      usedBytes: 1_030_144 * KiB,
      swapTotalBytes: 0,
      swapUsedBytes: 0,
    });
  });

  it('has null for what is missing or cut off', () => {
    expect(parseMeminfo('MemTotal:        1024 kB\nMemFree:   51')).toEqual({
      totalBytes: 1024 * KiB,
      usedBytes: null,
      availableBytes: null,
      freeBytes: null,
      cachedBytes: null,
      buffersBytes: null,
      swapTotalBytes: null,
      swapUsedBytes: null,
    });
  });

  it('is never below 0 where the figures are of two machines, as within a container', () => {
    expect(parseMeminfo('MemTotal: 100 kB\nMemAvailable: 200 kB\nCached: 1 kB\nShmem: 9 kB\n')).toMatchObject(
      {
        usedBytes: 0,
        cachedBytes: 0,
      },
    );
  });

  it('estimates where the available memory exceeds the total', () => {
    const text = 'MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 9000 kB\nBuffers: 20 kB\nCached: 80 kB\n';
    expect(parseMeminfo(text)).toMatchObject({ availableBytes: 200 * KiB, usedBytes: 800 * KiB });
  });

  it.each(['-5', 'nan', '18446744073709551615', ''])('loses only the field that is %j', (figure) => {
    const text = `MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: ${figure} kB\nBuffers: 20 kB\nCached: 80 kB\n`;
    expect(parseMeminfo(text)).toMatchObject({ totalBytes: 1000 * KiB, usedBytes: 800 * KiB });
    expect(parseMeminfo(text.replace('Buffers: 20', `Buffers: ${figure}`))).toMatchObject({
      freeBytes: 100 * KiB,
      buffersBytes: null,
    });
  });

  it.each([
    ['empty', ''],
    ['binary', '\0\x01\xff\nMem\0Total'],
    ['of another kind', 'cpu  1 2 3 4\n'],
    ['past what a number holds', `MemTotal: ${'9'.repeat(40)} kB\n`],
  ])('is null when it is %s', (_, text) => {
    expect(parseMeminfo(text)).toBeNull();
  });
});
