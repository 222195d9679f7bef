import { dirname, join, relative } from 'node:path';
import { openPseudoFile } from '../procfs/pseudo-file';
import { textOf } from './sysfs';

/** Whether a device sleeps, so that reading from it would wake it, or fail. */
export interface RuntimePower {
  isAsleep(): boolean;
  close(): void;
}

const levelsMax = 16;
const statusBytes = 32;

/**
 * The nearest device, from `path` upwards, that has a power state of its own: a hwmon chip has none, the graphics card
 * below it has. `null` where none does. (Documentation/ABI/testing/sysfs-devices-power, sysfs-bus-pci.)
 */
export async function powerPathOf(realSysPath: string, path: string): Promise<string | null> {
  let device = path;
  for (let level = 0; level < levelsMax; level += 1) {
    if (relative(realSysPath, device).startsWith('..') || device === realSysPath) return null;
    const status = await textOf(device, 'power/runtime_status');
    if (status !== null && status !== 'unsupported') return device;
    if ((await textOf(device, 'power_state')) !== null) return device;
    device = dirname(device);
  }
  return null;
}

/** Whether the device sleeps now. */
export function isAsleep(devicePath: string): boolean {
  const power = openRuntimePower(devicePath);
  const asleep = power.isAsleep();
  power.close();
  return asleep;
}

/** Follows a device's power state. Neither file touches the device: the kernel answers from what it has noted. */
export function openRuntimePower(devicePath: string): RuntimePower {
  const status = openPseudoFile(join(devicePath, 'power/runtime_status'), statusBytes);
  const pciState = openPseudoFile(join(devicePath, 'power_state'), statusBytes);
  return {
    isAsleep() {
      const text = read(status);
      if (text === 'suspended' || text === 'suspending') return true;
      // A card that vga_switcheroo turned off is in D3 while its runtime status stays `active`.
      return /^D3/.test(read(pciState) ?? '');
    },
    close() {
      status.close();
      pciState.close();
    },
  };
}

function read(file: { read(): string }): string | null {
  try {
    return file.read().trim();
  } catch {
    return null;
  }
}
