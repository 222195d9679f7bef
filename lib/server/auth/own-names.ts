import { closeSync, openSync, readSync } from 'node:fs';
import { hostname } from 'node:os';

export interface NameSources {
  /** What the kernel calls this machine: `nas`, or with its domain `nas.example.org`. */
  readonly hostname: string;
  /** The text of /etc/hosts. */
  readonly hosts: string;
  /** The text of /etc/resolv.conf. */
  readonly resolvConf: string;
}

/**
 * All names of this machine, in lower case: with and without its domain, with `.local` (RFC 6762), with each domain
 * that the resolver searches (resolv.conf(5)), and what stands beside one of them in hosts(5).
 */
export function ownNamesFrom({ hostname: given, hosts, resolvConf }: NameSources): ReadonlySet<string> {
  const full = given.toLowerCase().replace(/\.$/, '');
  const [short = full] = full.split('.', 1);
  const names = new Set(['localhost', full, short, `${full}.local`, `${short}.local`]);
  for (const line of hosts.split('\n')) {
    const [entry = ''] = line.split('#', 1);
    const [, ...aliases] = entry.toLowerCase().split(/\s+/).filter(Boolean);
    if (!aliases.some((alias) => alias === full || alias === short)) continue;
    for (const alias of aliases) names.add(alias.replace(/\.$/, ''));
  }
  for (const line of resolvConf.split('\n')) {
    const [keyword, ...domains] = line.toLowerCase().trim().split(/\s+/);
    if (keyword !== 'search' && keyword !== 'domain') continue;
    for (const domain of domains) {
      const bare = domain.replace(/^\.|\.$/g, '');
      if (bare !== '') names.add(`${short}.${bare}`);
    }
  }
  return names;
}

/** A machine's name and domain may change while it runs. */
const refreshMs = 60_000;
/** Lists against advertisements make /etc/hosts long; its own entries stand first. */
const readBytesMax = 64 * 1024;

let known: { readonly names: ReadonlySet<string>; readonly atMs: number } | null = null;

/** The names of this machine as of the last minute. */
export function ownNames(): ReadonlySet<string> {
  const present = performance.now();
  if (!known || present - known.atMs >= refreshMs) {
    const [hosts, resolvConf] = [startOf('/etc/hosts'), startOf('/etc/resolv.conf')];
    known = { names: ownNamesFrom({ hostname: hostname(), hosts, resolvConf }), atMs: present };
  }
  return known.names;
}

function startOf(path: string): string {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(path, 'r');
    const bytes = Buffer.alloc(readBytesMax);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes));
  } catch {
    return '';
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
