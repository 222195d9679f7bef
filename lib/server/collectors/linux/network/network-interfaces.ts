import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type InterfaceKind, kindOfName } from '@/lib/protocol/interface-kind';
import type { Clock } from '@/lib/server/concurrency/clock';
import { pathName } from '../procfs/kernel-text';
import { openPseudoFile, type PseudoFile, readOnce } from '../procfs/pseudo-file';

export interface FoundKind {
  readonly kind: InterfaceKind;
  /** The near end of a container's or virtual machine's cable, whose bytes its bridge shows as well. */
  readonly isHidden: boolean;
}

export interface NetworkInterfaces {
  /** By the name that procfs has, as Latin-1. */
  kindOf(name: string): FoundKind;
  /** Whether it can carry anything; `null` where sysfs does not say. */
  isUp(name: string): boolean | null;
  /** Closes the files of all others. */
  keepOnly(names: ReadonlyMap<string, unknown>): void;
}

/** Docker, Podman and CNI plug-ins; Calico; Cilium. Not every one of them is a port of a bridge. */
const containerEnd = /^(veth|cali[0-9a-f]{6}|lxc([0-9a-f]{6}|_health))/;
/** Xen's back ends, and the devices that it emulates for the same cable. They have a `device`, as hardware has. */
const xenBackEnd = /^(vif|tap)\d+\.\d+(-emu)?$/;
/** The host's end of a virtual function, by its port (devlink-port.rst). */
const representor = /^(c\d+)?pf\d+(vf|sf)\d+$/;
/** `DEVTYPE` in an interface's uevent. */
const kindsByType: Readonly<Record<string, InterfaceKind>> = {
  ...{ bridge: 'bridge', bond: 'bond', vlan: 'vlan', ppp: 'ppp' },
  ...{ macvlan: 'macvlan', macvtap: 'macvlan', ipvlan: 'macvlan', ipvtap: 'macvlan' },
  ...{ wireguard: 'tunnel', vxlan: 'tunnel', geneve: 'tunnel', gtp: 'tunnel', bareudp: 'tunnel' },
};
/** `ARPHRD_…` of linux/if_arp.h: PPP, loopback, tunnels of each sort, and what has no header, as tun and WireGuard. */
const kindsByHardware: Readonly<Record<string, InterfaceKind>> = {
  ...{
    512: 'ppp',
    772: 'loopback',
    768: 'tunnel',
    769: 'tunnel',
    776: 'tunnel',
    778: 'tunnel',
    823: 'tunnel',
  },
  65534: 'tunnel',
};
/** A copy of what goes over a WLAN card, with its radio headers (`ARPHRD_IEEE80211_PRISM`, `…_RADIOTAP`). */
const monitors = ['802', '803'];
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

const lineOf = (path: string) => (readOnce(path) ?? '').trim();

function hardwareKind(path: string): FoundKind {
  const isHidden = representor.test(lineOf(join(path, 'phys_port_name')));
  if (isHidden) return { kind: 'veth', isHidden };
  // The pair of a synthetic and a passed-through card (netvsc, net_failover): the one above counts for both.
  const isBelowHardware = existsSync(join(path, 'master/device'));
  const isSwitchUplink = existsSync(join(path, 'dsa'));
  if (isBelowHardware || isSwitchUplink) return { kind: 'member', isHidden };
  if (existsSync(join(path, 'device/physfn'))) return { kind: 'virtual-function', isHidden };
  return { kind: monitors.includes(lineOf(join(path, 'type'))) ? 'dummy' : 'physical', isHidden };
}

/** Of an interface that is no hardware; `null` where sysfs does not know. */
function virtualKind(path: string): InterfaceKind | null {
  if (existsSync(join(path, 'bridge'))) return 'bridge';
  if (existsSync(join(path, 'bonding'))) return 'bond';
  if (existsSync(join(path, 'tun_flags'))) return 'tunnel';
  const [, type = ''] = /^DEVTYPE=(\w+)$/m.exec(readOnce(join(path, 'uevent')) ?? '') ?? [];
  return kindsByType[type] ?? kindsByHardware[lineOf(join(path, 'type'))] ?? null;
}

/** Which interfaces there are to show, and their state, from `/sys/class/net`. */
export function openNetworkInterfaces(sysPath: string, clock: Clock): NetworkInterfaces {
  const folder = join(sysPath, 'class/net');
  const kinds = new Map<string, FoundKind & { readonly untilMs: number }>();
  const states = new Map<string, State>();

  const folderOf = (name: string) => {
    const path = pathName(name);
    return path === null || /^\.{0,2}$|\//.test(path) ? null : join(folder, path);
  };

  function findKind(name: string): FoundKind {
    if (name === 'lo') return { kind: 'loopback', isHidden: false };
    const path = folderOf(name);
    if (xenBackEnd.test(name)) return { kind: 'veth', isHidden: true };
    if (path && existsSync(join(path, 'device'))) return hardwareKind(path);
    if (containerEnd.test(name)) return { kind: 'veth', isHidden: true };
    const isHidden = path !== null && existsSync(join(path, 'brport'));
    const kind = path === null ? null : virtualKind(path);
    return { kind: kind ?? kindOfName(name) ?? 'virtual', isHidden };
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
      if (known && clock.monotonicMs() < known.untilMs) return known;
      const found = findKind(name);
      kinds.set(name, { ...found, untilMs: clock.monotonicMs() + kindMs });
      return found;
    },
    isUp(name) {
      const state = stateOf(name);
      if (!state || clock.monotonicMs() < state.untilMs) return state?.isUp ?? null;
      state.isUp = readIsUp(state);
      state.untilMs =
        clock.monotonicMs() + (states.size <= readAlwaysMax ? 0 : (states.size / readAlwaysMax) * 1_000);
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
