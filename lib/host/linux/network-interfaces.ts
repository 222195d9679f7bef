import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathName } from './kernel-text';
import { openPseudoFile, type PseudoFile } from './pseudo-file';

/** `folded`: the near end of a container's or virtual machine's cable, whose bytes its bridge shows as well. */
export type InterfaceKind = 'physical' | 'virtual' | 'loopback' | 'folded';

export interface NetworkInterfaces {
  /** By the name that procfs has, as Latin-1. */
  kindOf(name: string): InterfaceKind;
  /** Whether it can carry anything; `null` where sysfs does not say. */
  isUp(name: string): boolean | null;
  /** Closes the files of all others. */
  keepOnly(names: ReadonlyMap<string, unknown>): void;
}

/** Docker, Podman and CNI plug-ins; Calico; Cilium. Not every one of them is a port of a bridge. */
const containerEnd = /^(veth|cali[0-9a-f]{6}|lxc([0-9a-f]{6}|_health))/;
/** An interface may join a bridge some time after it was made. */
const kindMs = 30_000;
/** Containers come and go, each with a new name. */
const kindsMax = 8_192;
/** `IFF_UP` of linux/if.h. */
const flagUp = 1;

/** Which interfaces there are to show, and their state, from `/sys/class/net`. */
export function watchNetworkInterfaces(sysPath: string, now: () => number): NetworkInterfaces {
  const folder = join(sysPath, 'class/net');
  const kinds = new Map<string, { readonly kind: InterfaceKind; readonly untilMs: number }>();
  const files = new Map<string, { readonly operstate: PseudoFile; readonly flags: PseudoFile }>();

  const folderOf = (name: string) => {
    const path = pathName(name);
    return path === null || /^\.{0,2}$|\//.test(path) ? null : join(folder, path);
  };

  function findKind(name: string): InterfaceKind {
    if (name === 'lo') return 'loopback';
    const path = folderOf(name);
    if (path && existsSync(join(path, 'device'))) return 'physical';
    if (containerEnd.test(name)) return 'folded';
    return path && existsSync(join(path, 'brport')) ? 'folded' : 'virtual';
  }

  function filesOf(name: string) {
    const path = folderOf(name);
    if (path === null) return null;
    const opened = files.get(name) ?? {
      operstate: openPseudoFile(join(path, 'operstate')),
      flags: openPseudoFile(join(path, 'flags')),
    };
    files.set(name, opened);
    return opened;
  }

  return {
    kindOf(name) {
      const known = kinds.get(name);
      if (known && now() < known.untilMs) return known.kind;
      const kind = findKind(name);
      kinds.set(name, { kind, untilMs: now() + kindMs });
      return kind;
    },
    isUp(name) {
      const opened = filesOf(name);
      if (!opened) return null;
      try {
        const state = opened.operstate.read().trim();
        // Loopback, tunnels and old drivers leave it at that. Their carrier costs a lock of the kernel's; this does not.
        if (state === 'unknown') return (Number(opened.flags.read()) & flagUp) === flagUp;
        return state === '' ? null : state === 'up';
      } catch {
        return null;
      }
    },
    keepOnly(names) {
      for (const [name, { operstate, flags }] of files) {
        if (names.has(name)) continue;
        operstate.close();
        flags.close();
        files.delete(name);
      }
      if (kinds.size > kindsMax) kinds.clear();
    },
  };
}
