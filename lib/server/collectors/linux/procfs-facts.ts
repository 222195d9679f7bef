import { join } from 'node:path';
import type { HostFacts } from '@/lib/protocol/payloads';
import { findContainer } from '../container';
import { parseStat } from './cpu/stat';
import { parseMeminfo } from './memory/meminfo';
import { readHead, readOnce } from './procfs/pseudo-file';

export interface ProcfsFactsOptions {
  readonly name: string;
  readonly procPath: string;
}

/** What a procfs knows of its machine, and nothing of the one that Hostbeat runs on; `null` for what it does not. */
export async function procfsFacts({ name, procPath }: ProcfsFactsOptions): Promise<HostFacts> {
  const stat = parseStat(readOnce(join(procPath, 'stat')) ?? '');
  const [os, kernel, cpuinfo, container] = await Promise.all([
    readHead(join(procPath, 'sys/kernel/ostype')),
    readHead(join(procPath, 'sys/kernel/osrelease')),
    readHead(join(procPath, 'cpuinfo')),
    findContainer(),
  ]);
  return {
    host: name,
    os: oneLine(os),
    kernel: oneLine(kernel),
    cpuModel: parseCpuModel(cpuinfo ?? ''),
    cores: stat?.cores.filter((core) => core !== null).length || null,
    memoryBytes: parseMeminfo(readOnce(join(procPath, 'meminfo')) ?? '')?.totalBytes ?? null,
    bootTime: stat?.bootTime ? stat.bootTime * 1000 : null,
    container,
    scope: 'host',
  };
}

/** The machine's name as its own procfs has it; `null` when that has none. */
export function procfsHostName(procPath: string): string | null {
  return oneLine(readOnce(join(procPath, 'sys/kernel/hostname')));
}

/** The CPU's name in `/proc/cpuinfo`: x86, then Raspberry Pi and other ARM boards, MIPS, POWER. */
function parseCpuModel(cpuinfo: string): string | null {
  for (const label of ['model name', 'Model', 'Hardware', 'cpu model', 'cpu']) {
    const model = new RegExp(`^${label}[ \\t]*:[ \\t]*(\\S.*)$`, 'm').exec(cpuinfo)?.[1];
    if (model) return oneLine(model);
  }
  return null;
}

/** Host names are at most 64 bytes, CPU names 48; anything longer or unprintable is not one. */
function oneLine(text: string | null): string | null {
  const line = text?.trim().replaceAll(/\s+/g, ' ') ?? '';
  return /^[\x20-\x7e]{1,200}$/.test(line) ? line : null;
}
