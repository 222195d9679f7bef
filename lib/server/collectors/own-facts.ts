import { cpus, type as osType, release, totalmem, uptime } from 'node:os';
import { cpu, osInfo } from 'systeminformation';
import type { HostFacts } from '@/lib/protocol/payloads';
import { findContainer } from './container';
import { readHead } from './linux/procfs/pseudo-file';

/** What only systeminformation knows; it starts a few processes to find out. */
export type NamedParts = Partial<Pick<HostFacts, 'os' | 'kernel' | 'cpuModel' | 'cores'>>;

/** What files and `node:os` provide, without starting a process. */
export function ownFactsAtOnce(name: string): Promise<HostFacts> {
  return ownFacts({ name, ask: askFiles });
}

export interface OwnFactsOptions {
  readonly name: string;
  readonly ask?: () => Promise<NamedParts>;
  readonly deadlineMs?: number;
}

/** The facts of the machine that Hostbeat runs on. What is not known by the deadline is as `node:os` has it. */
export async function ownFacts({
  name,
  ask = askSystem,
  deadlineMs = 3_000,
}: OwnFactsOptions): Promise<HostFacts> {
  const [parts, container] = await Promise.all([withinDeadline(ask, deadlineMs), findContainer()]);
  const processors = cpus();
  return {
    host: name,
    os: parts.os ?? `${osType()} ${release()}`,
    kernel: parts.kernel ?? release(),
    cpuModel: parts.cpuModel ?? (processors[0]?.model.trim() || null),
    cores: parts.cores ?? (processors.length || null),
    memoryBytes: totalmem(),
    // To the second: the difference of two clocks is no better, and should be the same at the next start.
    bootTime: Math.round(Date.now() / 1000 - uptime()) * 1000,
    container,
    scope: 'host',
  };
}

async function withinDeadline(ask: () => Promise<NamedParts>, deadlineMs: number): Promise<NamedParts> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<NamedParts>((resolve) => {
    timer = setTimeout(() => resolve({}), deadlineMs);
  });
  try {
    return await Promise.race([ask(), expired]);
  } catch {
    return {};
  } finally {
    clearTimeout(timer);
  }
}

/** Where there is an os-release file: https://www.freedesktop.org/software/systemd/man/os-release.html */
async function askFiles(): Promise<NamedParts> {
  const release = await readHead('/etc/os-release');
  const valueAt = (key: string) => new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm').exec(release ?? '')?.[1] ?? '';
  return { os: joined(valueAt('NAME'), valueAt('VERSION_ID')) };
}

async function askSystem(): Promise<NamedParts> {
  const [os, processor] = await Promise.all([osInfo(), cpu()]);
  return {
    os: joined(os.distro, os.release),
    kernel: joined(os.kernel),
    cpuModel: joined(processor.manufacturer, processor.brand),
    cores: processor.cores || null,
  };
}

/** systeminformation has "unknown" or nothing for what it does not know. */
function joined(...parts: readonly string[]): string | null {
  const known = parts.map((part) => part?.trim()).filter((part) => part && part.toLowerCase() !== 'unknown');
  return known.join(' ') || null;
}
