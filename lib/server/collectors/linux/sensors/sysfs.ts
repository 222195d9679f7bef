import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { shownName } from '../procfs/kernel-text';
import { readHead } from '../procfs/pseudo-file';

/** A device of a class, by its name there and where it really is. */
export interface Device {
  readonly name: string;
  readonly path: string;
}

const attributeBytes = 256;
/** A machine has a few dozen; a tree that claims more is not one. */
const devicesMax = 256;

/** The devices of a class such as `hwmon`, in the order of their numbers; none where there is no such class. */
export async function devicesOf(sysPath: string, className: string): Promise<Device[]> {
  const folder = join(sysPath, 'class', className);
  const names = await namesIn(folder);
  names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const devices: Device[] = [];
  for (const name of names.slice(0, devicesMax)) {
    const path = await realpath(join(folder, name)).catch(() => null);
    if (path) devices.push({ name, path });
  }
  return devices;
}

export const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** An attribute of a device as one line; `null` when it is empty or cannot be read. */
export async function textOf(device: string, attribute: string): Promise<string | null> {
  const line = (await readHead(join(device, attribute), attributeBytes))?.trim();
  return line ? shownName(line) : null;
}

/** An attribute of a device that is a whole number; `null` when it is not. */
export async function numberOf(device: string, attribute: string): Promise<number | null> {
  return wholeNumber((await readHead(join(device, attribute), attributeBytes)) ?? '');
}

/** `null` for anything but one number, which may be past 2^53: then its last digits are off, by less than counts. */
export function wholeNumber(text: string): number | null {
  const digits = text.trim();
  return /^-?\d{1,20}$/.test(digits) ? Number(digits) : null;
}
