import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readOnce } from '../procfs/pseudo-file';
import { isAsleep } from './runtime-power';

/** Whether NVIDIA's cards sleep (`asleep`: every one does), and whether every one could. */
export interface NvidiaPower {
  readonly asleep: boolean;
  readonly canSleep: boolean;
}

const cardsMax = 64;

/**
 * What the driver knows of its cards in `/proc/driver/nvidia/gpus/<address>/power`, and the kernel in sysfs; neither wakes
 * a card. (NVIDIA driver README, "PCI-Express Runtime D3 (RTD3) Power Management".)
 */
export function nvidiaPower(procPath: string, sysPath: string): NvidiaPower {
  const cards = namesIn(join(procPath, 'driver/nvidia/gpus')).slice(0, cardsMax);
  const states = cards.map((address) => {
    const power = readOnce(join(procPath, 'driver/nvidia/gpus', address, 'power')) ?? '';
    return {
      asleep: isAsleep(join(sysPath, 'bus/pci/devices', address)) || /^Video Memory: +Off\b/m.test(power),
      canSleep: /^Runtime D3 status: +Enabled\b/m.test(power),
    };
  });
  return {
    asleep: states.length > 0 && states.every(({ asleep }) => asleep),
    canSleep: states.length > 0 && states.every(({ canSleep }) => canSleep),
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
