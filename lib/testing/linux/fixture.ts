import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Machine =
  | 'laptop'
  | 'old-vm'
  | 'hotplug'
  | 'rack-server'
  | 'lvm-host'
  | 'raspberry-pi'
  | 'container';

/** The path of a file or folder of a made-up machine: `proc`, `sys`, or `later`, which is `proc` one second on. */
export function fixturePath(machine: Machine, path: string): string {
  return fileURLToPath(new URL(`../fixtures/linux/${machine}/${path}`, import.meta.url));
}

export function fixtureText(machine: Machine, path: string, encoding: BufferEncoding = 'latin1'): string {
  return readFileSync(fixturePath(machine, path), encoding);
}
