import { join } from 'node:path';
import { readHead } from '../procfs/pseudo-file';

/** The units of procfs: what a page is (16 KiB on a Raspberry Pi 5), and how many clock ticks a second has. */
export interface KernelUnits {
  readonly pageBytes: number;
  readonly ticksPerSecond: number;
}

/** `AT_PAGESZ` and `AT_CLKTCK` of linux/auxvec.h. */
const pageSizeEntry = 6n;
const clockTicksEntry = 17n;

/** Reads a process's auxiliary vector, as the kernel hands it to each; what is not there is as on x86. */
export function parseAuxv(vector: Uint8Array): KernelUnits {
  const view = new DataView(vector.buffer, vector.byteOffset, vector.byteLength);
  const entries = new Map<bigint, number>();
  for (let at = 0; at + 16 <= view.byteLength; at += 16) {
    entries.set(view.getBigUint64(at, true), Number(view.getBigUint64(at + 8, true)));
  }
  const pageBytes = entries.get(pageSizeEntry) ?? 0;
  const ticksPerSecond = entries.get(clockTicksEntry) ?? 0;
  return {
    pageBytes: pageBytes >= 1024 && pageBytes <= 1024 * 1024 ? pageBytes : 4096,
    ticksPerSecond: ticksPerSecond >= 1 && ticksPerSecond <= 10_000 ? ticksPerSecond : 100,
  };
}

/** The units of the kernel that a procfs belongs to. */
export async function kernelUnits(procPath: string): Promise<KernelUnits> {
  const vector = await readHead(join(procPath, 'self/auxv'), 4096);
  return parseAuxv(Buffer.from(vector ?? '', 'latin1'));
}
