import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sensorDataSchema } from '@/lib/protocol/payloads';
import { clockWith } from '@/lib/testing/fake-clock';
import { nvidiaColumns, parseNvidiaLine } from './nvidia-smi';
import { openNvidiaMonitor } from './nvidia-stream';

const uuid = 'GPU-6f1b2c3d-0000-1111-2222-333344445555';

describe('a line of nvidia-smi', () => {
  it('is a card’s sensors', () => {
    const card = parseNvidiaLine(`0, ${uuid}, NVIDIA A10, 41, 87, 10240, 23028, 121.50, 150.00, 30`);
    const sample = { t: 0, host: 'atlas', sensors: [...(card?.sensors ?? [])] };
    expect(sensorDataSchema.parse(sample)).toEqual(sample);
    expect(card?.id).toBe('nvidia-6f1b2c3d');
    expect(card?.sensors.map(({ id, label, value, unit, high }) => [id, label, value, unit, high])).toEqual([
      ['nvidia-6f1b2c3d-temperature', 'NVIDIA A10 temperature', 41, '°C', null],
      ['nvidia-6f1b2c3d-busy', 'NVIDIA A10 GPU busy', 87, '%', null],
      ['nvidia-6f1b2c3d-vram', 'NVIDIA A10 VRAM used of 23028 MiB', 10_240, 'MiB', null],
      ['nvidia-6f1b2c3d-power', 'NVIDIA A10 power', 121.5, 'W', 150],
      ['nvidia-6f1b2c3d-fan', 'NVIDIA A10 fan', 30, '%', null],
    ]);
  });

  it('leaves out what the card does not have', () => {
    const card = parseNvidiaLine(`1, ${uuid}, Tesla, 41, [N/A], [N/A], 100, [Not Supported], 1, ERR!`);
    expect(card?.sensors.map(({ label }) => label)).toEqual(['Tesla #1 temperature']);
  });

  it.each(['', 'No devices were found', `0, ${uuid}, A10`, `x, ${uuid}, A, 1, 2, 3, 4, 5, 6, 7`, '\0\xff,'])(
    'is none: %j',
    (line) => expect(parseNvidiaLine(line)).toBeNull(),
  );
});

describe.skipIf(process.platform === 'win32')('the process', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
    mkdirSync(join(folder, 'driver/nvidia'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A stand-in that notes each start, and how it was asked. */
  function command(script: string): string {
    const path = join(folder, 'nvidia-smi');
    writeFileSync(path, `#!/bin/sh\necho "$$ $@" >> ${folder}/starts\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }
  const starts = () =>
    existsSync(join(folder, 'starts')) ? readFileSync(join(folder, 'starts'), 'utf8').trim().split('\n') : [];
  const line = `0, ${uuid}, NVIDIA A10, 41, 87, 10240, 23028, 121.50, 150.00, 30`;

  it('is one, whose lines are passed on as they come, and ends with its monitor', async () => {
    const clock = { ms: 0 };
    const smi = command(`echo "${line}"; exec sleep 60`);
    const watch = openNvidiaMonitor({
      procPath: folder,
      command: smi,
      clock: clockWith({ monotonicMs: () => clock.ms }),
    });
    await vi.waitFor(() => expect(watch.sensors()).toHaveLength(5));
    clock.ms += 4_000;
    expect(watch.sensors()).toHaveLength(5);
    clock.ms += 2_000;
    expect(watch.sensors()).toEqual([]);
    expect(starts()).toEqual([
      expect.stringContaining(
        `--query-gpu=${nvidiaColumns.join()} --format=csv,noheader,nounits --loop-ms=1000`,
      ),
    ]);
    const pid = Number(starts()[0]?.split(' ')[0]);
    watch.close();
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
    clock.ms += 1_000_000;
    watch.sensors();
    expect(starts()).toHaveLength(1);
  });

  it('that ends is started again, ever later', async () => {
    const clock = { ms: 0 };
    const smi = command('exit 9');
    const watch = openNvidiaMonitor({
      procPath: folder,
      command: smi,
      clock: clockWith({ monotonicMs: () => clock.ms }),
    });
    const isOver = (start: string | undefined) => {
      try {
        process.kill(Number(start?.split(' ')[0]), 0);
        return false;
      } catch {
        return true;
      }
    };
    const stepMs = 250;
    const pauses: number[] = [];
    watch.sensors();
    for (let count = 1; count <= 5; count += 1) {
      const before = clock.ms;
      // Its clock goes on while a start is waited for, and stands while a real process takes its time.
      await vi.waitFor(() => {
        if (count > 1) clock.ms += stepMs;
        watch.sensors();
        expect(starts()).toHaveLength(count);
      });
      pauses.push(clock.ms - before);
      await vi.waitFor(() => expect(isOver(starts()[count - 1])).toBe(true));
    }
    watch.close();
    // It may have ended a look or two before that was seen.
    const isLater = (pause: number, index: number) => pause >= 1_000 * 2 ** index - 2 * stepMs;
    expect(pauses.slice(1).map(isLater), pauses.join()).toEqual(Array(4).fill(true));
  });

  it('that is not installed is no error', async () => {
    const watch = openNvidiaMonitor({
      procPath: folder,
      command: join(folder, 'missing'),
      clock: clockWith({ monotonicMs: () => 0 }),
    });
    expect(watch.sensors()).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(watch.sensors()).toEqual([]);
    watch.close();
  });

  it('is not started where there is no driver', async () => {
    rmSync(join(folder, 'driver'), { recursive: true });
    const watch = openNvidiaMonitor({ procPath: folder, command: command('exit 0') });
    watch.sensors();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(starts()).toEqual([]);
  });

  describe('lets cards sleep', () => {
    const power = (memory: 'Active' | 'Off', d3 = 'Enabled (fine-grained)') => {
      const card = join(folder, 'driver/nvidia/gpus/0000:01:00.0');
      mkdirSync(card, { recursive: true });
      writeFileSync(
        join(card, 'power'),
        `Runtime D3 status:          ${d3}\nVideo Memory:               ${memory}\n`,
      );
    };
    const lineOf = (busy: number) => `0, ${uuid}, NVIDIA A10, 41, ${busy}, 10240, 23028, 121.50, 150.00, 30`;
    const openWatch = (busy: number) => {
      const clock = { ms: 0 };
      const smi = command(`echo "${lineOf(busy)}"; exec sleep 60`);
      const watch = openNvidiaMonitor({
        procPath: folder,
        sysPath: folder,
        command: smi,
        clock: clockWith({ monotonicMs: () => clock.ms }),
      });
      /** Time passes until as many processes were started, or for as long as is given. */
      const pass = (seconds: number) => {
        for (let second = 0; second < seconds; second += 1) {
          clock.ms += 1_000;
          watch.sensors();
        }
      };
      return { clock, watch, pass };
    };

    it('is not started while every card sleeps, and is when one wakes', async () => {
      power('Off');
      const { watch, pass } = openWatch(0);
      pass(120);
      expect(starts()).toEqual([]);
      power('Active');
      pass(6);
      await vi.waitFor(() => expect(starts()).toHaveLength(1));
      watch.close();
    });

    it('is not started for a card that is asleep by PCI alone', async () => {
      power('Active');
      const device = join(folder, 'bus/pci/devices/0000:01:00.0');
      mkdirSync(device, { recursive: true });
      writeFileSync(join(device, 'power_state'), 'D3cold\n');
      const { watch, pass } = openWatch(0);
      pass(120);
      expect(starts()).toEqual([]);
      writeFileSync(join(device, 'power_state'), 'D0\n');
      pass(6);
      await vi.waitFor(() => expect(starts()).toHaveLength(1));
      watch.close();
    });

    it('ends when cards that can sleep have nothing to do, and shows them without values', async () => {
      power('Active');
      const { clock, watch, pass } = openWatch(0);
      await vi.waitFor(() => expect(watch.sensors()).toHaveLength(5));
      const pid = Number(starts()[0]?.split(' ')[0]);
      clock.ms += 31_000;
      watch.sensors();
      await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
      expect(watch.sensors().map(({ value }) => value)).toEqual([null, null, null, null, null]);
      power('Off');
      pass(300);
      expect(starts()).toHaveLength(1);
      expect(watch.sensors()).toHaveLength(5);
      watch.close();
    });

    it('checks again when another program keeps them awake, and rests rarely then', async () => {
      power('Active');
      const { clock, watch, pass } = openWatch(0);
      await vi.waitFor(() => expect(watch.sensors()).toHaveLength(5));
      clock.ms += 31_000;
      pass(1);
      expect(watch.sensors()[0]?.value).toBeNull();
      pass(36);
      await vi.waitFor(() => expect(starts()).toHaveLength(2));
      clock.ms += 300_000;
      await vi.waitFor(() =>
        expect(watch.sensors()).not.toContainEqual(expect.objectContaining({ value: null })),
      );
      watch.close();
    });

    it.each([
      ['that work', 80, 'Enabled (fine-grained)'],
      ['that cannot sleep', 0, 'Disabled by default'],
    ])('goes on for cards %s', async (_, busy, d3) => {
      power('Active', d3);
      const { clock, watch } = openWatch(busy);
      await vi.waitFor(() => expect(watch.sensors()).toHaveLength(5));
      const pid = Number(starts()[0]?.split(' ')[0]);
      clock.ms += busy === 0 ? 31_000 : 20_000;
      watch.sensors();
      expect(() => process.kill(pid, 0)).not.toThrow();
      watch.close();
    });
  });
});
