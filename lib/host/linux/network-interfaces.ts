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

interface State {
  readonly operstate: PseudoFile;
  readonly flags: PseudoFile;
  isUp: boolean | null;
  untilMs: number;
}

/** Each is two files. Of more interfaces than these each is asked more rarely, so that a second costs no more. */
const readAlwaysMax = 16;

function readIsUp({ operstate, flags }: State): boolean | null {
  try {
    const state = operstate.read().trim();
    // Loopback, tunnels and old drivers leave it at that. Their carrier costs a lock of the kernel's; this does not.
    if (state === 'unknown') return (Number(flags.read()) & flagUp) === flagUp;
    return state === '' ? null : state === 'up';
  } catch {
    return null;
  }
}

/** Which interfaces there are to show, and their state, from `/sys/class/net`. */
export function watchNetworkInterfaces(sysPath: string, now: () => number): NetworkInterfaces {
  const folder = join(sysPath, 'class/net');
  const kinds = new Map<string, { readonly kind: InterfaceKind; readonly untilMs: number }>();
  const states = new Map<string, State>();

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

  function stateOf(name: string): State | null {
    const path = folderOf(name);
    if (path === null) return null;
    const state = states.get(name) ?? {
      operstate: openPseudoFile(join(path, 'operstate')),
      flags: openPseudoFile(join(path, 'flags')),
      isUp: null,
      untilMs: Number.NEGATIVE_INFINITY,
    };
    states.set(name, state);
    return state;
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
      const state = stateOf(name);
      if (!state || now() < state.untilMs) return state?.isUp ?? null;
      state.isUp = readIsUp(state);
      state.untilMs = now() + (states.size <= readAlwaysMax ? 0 : (states.size / readAlwaysMax) * 1_000);
      return state.isUp;
    },
    keepOnly(names) {
      for (const [name, { operstate, flags }] of states) {
        if (names.has(name)) continue;
        operstate.close();
        flags.close();
        states.delete(name);
      }
      if (kinds.size > kindsMax) kinds.clear();
    },
  };
}
