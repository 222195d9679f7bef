import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { throughput } from '@/lib/health/key-figures';
import { networkSchema } from '@/lib/protocol/payloads';
import { clockWith } from '@/lib/testing/fake-clock';
import { parseNetDev } from './net-dev';
import { networkCollector } from './network-collector';

const { signal } = new AbortController();
const header = 'Inter-|   Receive  |  Transmit\n face |bytes packets|bytes packets\n';
const line = (name: string, rx: number | bigint, tx: number | bigint = 0) =>
  `${name}: ${rx} 1 0 0 0 0 0 0 ${tx} 1 0 0 0 0 0 0\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const firstStat = '1 (init) S 0 1 1 0 -1 4194560 10 0 0 0 5 5 0 0 20 0 1 0 1 1000000 300 0\n';

/** A machine that the test makes: its interfaces by `dev`, and what sysfs says of them by `sys`. */
function machine() {
  let nowMs = 1_000;
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, 'latin1');
  };
  write('proc/1/stat', firstStat);
  const reading = networkCollector({
    procPath: join(folder, 'proc'),
    sysPath: join(folder, 'sys'),
    clock: clockWith({ monotonicMs: () => nowMs }),
  });
  return {
    dev: (...lines: string[]) => write('proc/net/dev', header + lines.join('')),
    raw: (text: string | Uint8Array) => write('proc/net/dev', text),
    sys: (path: string, text: string) => write(`sys/class/net/${path}`, text),
    note: () => reading.note?.() ?? null,
    pass: (ms: number) => {
      nowMs += ms;
    },
    async read() {
      const sample = await reading.collect(signal);
      return networkSchema.parse({ t: 0, host: 'atlas', ...sample }).interfaces;
    },
    names: async () => (await reading.collect(signal))?.interfaces.map(({ name }) => name),
  };
}

describe('/proc/net/dev', () => {
  it('takes names with colons and odd bytes, and figures that touch the name', () => {
    const text = `${header}eth0:1234 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15\n  a:b: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`;
    const parsed = parseNetDev(text);
    expect([...(parsed?.keys() ?? [])]).toEqual(['eth0', 'a:b']);
    expect(parsed?.get('a:b')).toEqual({
      rxBytes: 1,
      rxPackets: 2,
      rxErrors: 3,
      rxDrops: 4,
      txBytes: 9,
      txPackets: 10,
      txErrors: 11,
      txDrops: 12,
    });
  });

  it('leaves out a line that was cut off, at whichever byte', () => {
    const text = header + line('eth0', 12_345, 678) + line('eth1', 9, 9);
    fc.assert(
      fc.property(fc.nat({ max: text.length }), (end) => {
        const parsed = parseNetDev(text.slice(0, end));
        const whole = parseNetDev(text);
        for (const [name, counters] of parsed ?? []) expect(counters).toEqual(whole?.get(name));
      }),
    );
  });

  it.each([
    ['empty', ''],
    ['binary', '\0\xff\n\x01:\n'],
    ['another file', 'cpu  1 2 3 4\n'],
  ])('is null when it is %s', (_, text) => {
    expect(parseNetDev(text)).toBeNull();
  });
});

describe('one implausible figure', () => {
  const at = (column: number, figure: string) => {
    const figures = Array.from({ length: 16 }, (_, index) => String(index + 1));
    figures[column] = figure;
    return `eth0: ${figures.join(' ')}\n`;
  };

  it.each(['-1', '18446744073709551615', 'nan', '1e3', '9'.repeat(30)])(
    'costs its own column alone: %s',
    (figure) => {
      const whole = parseNetDev(header + at(15, '16'))?.get('eth0');
      for (let column = 0; column < 16; column++) {
        const bad = parseNetDev(header + at(column, figure) + line('eth1', 5));
        expect(bad?.get('eth1')?.rxBytes).toBe(5);
        const known = Object.entries(bad?.get('eth0') ?? {}).filter(([, value]) => value !== null);
        expect(known.length).toBeGreaterThanOrEqual(7);
        expect(whole).toMatchObject(Object.fromEntries(known));
      }
    },
  );

  it('that rose by more than any cable carries is null', async () => {
    const box = machine();
    box.dev(line('eth0', 5, 5), line('eth1', 5, 5));
    await box.read();
    box.pass(1_000);
    box.dev(line('eth0', 2n ** 62n, 105), line('eth1', 105, 5));
    expect(await box.read()).toMatchObject([
      { rxBytesPerSecond: null, txBytesPerSecond: 100 },
      { rxBytesPerSecond: 100, txBytesPerSecond: 0 },
    ]);
  });
});

describe('the network of a Linux machine', () => {
  it('has rates over the time that passed, also past 2^53', async () => {
    const box = machine();
    box.dev(line('eth0', 2n ** 63n, 100));
    await box.read();
    box.pass(2_500);
    box.dev(line('eth0', 2n ** 63n + 2n ** 20n, 5_100));
    expect(await box.read()).toMatchObject([
      { name: 'eth0', rxBytesPerSecond: 419_430.4, txBytesPerSecond: 2_000 },
    ]);
  });

  it('has null for one that wrapped, was set back, is new, or was away', async () => {
    const box = machine();
    const at = (...rows: [string, number, number][]) => box.dev(...rows.map((row) => line(...row)));
    at(['eth0', 4_294_967_290, 10], ['eth1', 900, 900], ['eth2', 5, 5]);
    await box.read();
    box.pass(1_000);
    at(['eth0', 10, 20], ['eth1', 1_000, 1_000], ['eth3', 7, 7]);
    const nulls = { rxBytesPerSecond: null, txBytesPerSecond: null, rxDropsPerSecond: null };
    expect(await box.read()).toMatchObject([
      { name: 'eth0', rxBytesPerSecond: null, txBytesPerSecond: 10 },
      { name: 'eth1', rxBytesPerSecond: 100 },
      { name: 'eth3', ...nulls },
    ]);
    box.pass(1_000);
    at(['eth0', 30, 30], ['eth2', 999, 999]);
    expect(await box.read()).toMatchObject([
      { name: 'eth0', rxBytesPerSecond: 20 },
      { name: 'eth2', ...nulls },
    ]);
  });

  it('knows which are up: by state, by flag where there is no state, and null without either', async () => {
    const box = machine();
    for (const [name, state] of Object.entries({ a: 'up', b: 'down', c: 'dormant', d: 'lowerlayerdown' })) {
      box.sys(`${name}/operstate`, `${state}\n`);
    }
    box.sys('tun0/operstate', 'unknown\n');
    box.sys('tun0/flags', '0x10d1\n');
    box.sys('tun1/operstate', 'unknown\n');
    box.sys('tun1/flags', '0x1090\n');
    box.dev(...['a', 'b', 'c', 'd', 'tun0', 'tun1', 'gone'].map((name) => line(name, 5)));
    expect((await box.read()).map(({ name, up }) => [name, up])).toEqual([
      ['a', true],
      ['b', false],
      ['c', false],
      ['d', false],
      ['tun0', true],
      ['tun1', false],
      ['gone', null],
    ]);
    box.sys('a/operstate', 'down\n');
    expect((await box.read())[0]?.up).toBe(false);
  });

  it('examines many interfaces in turn, a few each time', async () => {
    const box = machine();
    const names = Array.from({ length: 48 }, (_, index) => `vlan${index}`);
    for (const name of names) box.sys(`${name}/operstate`, 'up\n');
    box.dev(...names.map((name) => line(name, 5)));
    await box.read();
    for (const name of names) box.sys(`${name}/operstate`, 'down\n');
    const up = async () => (await box.read()).filter((row) => row.up).length;
    box.pass(1_000);
    expect(await up()).toBeGreaterThan(0);
    box.pass(3_000);
    expect(await up()).toBe(0);
  });

  it('folds away the ends of containers, and ports of a bridge that are no hardware', async () => {
    const box = machine();
    const names = [
      'vethab12',
      'cali0123456789a',
      'lxc0a1b2c3d4e5f',
      'vnet3',
      'wlan0',
      'eth0',
      'br0',
      'lxcbr0',
    ];
    box.sys('vnet3/brport/state', '3\n');
    box.sys('eth0/brport/state', '3\n');
    box.sys('eth0/device/vendor', '0x8086\n');
    box.dev(...names.map((name) => line(name, 5)));
    expect(await box.names()).toEqual(['eth0', 'wlan0', 'br0', 'lxcbr0']);
  });

  it('knows the kind of each', async () => {
    const box = machine();
    const files: Readonly<Record<string, string>> = {
      'enp1s0/device/vendor': '0x8086\n',
      'enp1s0/brport/state': '3\n',
      'wlan7/device/vendor': '0x8086\n',
      'mon0/device/vendor': '0x8086\n',
      'mon0/type': '803\n',
      'wwan0/device/vendor': '0x8086\n',
      'wwan0/type': '519\n',
      'wwan0/uevent': 'DEVTYPE=wwan\n',
      'vf/device/physfn/vendor': '0x8086\n',
      'rep0/device/vendor': '0x8086\n',
      'rep0/phys_port_name': 'pf0vf3\n',
      'netvsc/device/vendor': '0x8086\n',
      'enP1/device/vendor': '0x8086\n',
      'enP1/master/device/vendor': '0x8086\n',
      'slave/device/vendor': '0x8086\n',
      'slave/master/bonding/mode': 'active-backup 1\n',
      'switch/device/vendor': '0x8086\n',
      'switch/dsa/tagging': 'mtk\n',
      'vif1.0/device/nodename': 'device/vif/0\n',
      'office/bridge/bridge_id': '8000\n',
      'pair/bonding/mode': '802.3ad 4\n',
      'guests/uevent': 'DEVTYPE=vlan\nINTERFACE=guests\n',
      'own/uevent': 'INTERFACE=own\nDEVTYPE=macvlan\n',
      'vpn-home/tun_flags': '0x1001\n',
      'road/uevent': 'DEVTYPE=wireguard\n',
      'dsl/type': '512\n',
      'six/type': '776\n',
      'team3/type': '1\n',
      'dummy0/type': '1\n',
      'venet0/type': '0\n',
      'tailscale0/operstate': 'unknown\n',
      'tailscale0/flags': '0x1003\n',
    };
    for (const [path, text] of Object.entries(files)) box.sys(path, text);
    const names = [...new Set(Object.keys(files).map((path) => path.slice(0, path.indexOf('/'))))];
    box.dev(...names.map((name) => line(name, 5)));
    expect(Object.fromEntries((await box.read()).map(({ name, kind }) => [name, kind]))).toEqual({
      enp1s0: 'physical',
      wlan7: 'physical',
      mon0: 'dummy',
      wwan0: 'physical',
      vf: 'virtual-function',
      netvsc: 'physical',
      enP1: 'member',
      slave: 'physical',
      switch: 'member',
      office: 'bridge',
      pair: 'bond',
      guests: 'vlan',
      own: 'macvlan',
      'vpn-home': 'tunnel',
      road: 'tunnel',
      dsl: 'ppp',
      six: 'tunnel',
      team3: 'bond',
      dummy0: 'dummy',
      venet0: 'virtual',
      tailscale0: 'tunnel',
    });
  });

  it('counts only what goes through the cable, on a virtualisation host', async () => {
    const box = machine();
    for (const name of ['enp1s0', 'vif1.0']) box.sys(`${name}/device/vendor`, '0x8086\n');
    for (const name of ['enp1s0', 'tap100i0']) box.sys(`${name}/brport/state`, '3\n');
    const at = (seconds: number) => {
      const share = { enp1s0: 1, vmbr0: 1, tap100i0: 0.5, fwbr100i0: 0.5, tailscale0: 0.2, 'vif1.0': 0.3 };
      const rows = Object.entries(share).map(([name, part]) => [name, 5e6 + seconds * 1e6 * part] as const);
      box.dev(...rows.map(([name, bytes]) => line(name, bytes, bytes)));
    };
    at(0);
    await box.read();
    box.pass(1_000);
    at(1);
    expect(throughput({ t: 0, host: 'atlas', interfaces: await box.read() })).toBe(2e6);
  });

  it('shows the loopback while it carries something, and for a minute more', async () => {
    const box = machine();
    box.dev(line('lo', 1_000_000));
    expect(await box.names()).toEqual([]);
    box.pass(1_000);
    box.dev(line('lo', 1_000_500));
    expect(await box.read()).toMatchObject([{ name: 'lo', rxBytesPerSecond: 500 }]);
    box.pass(59_000);
    expect(await box.read()).toMatchObject([{ name: 'lo', rxBytesPerSecond: 0 }]);
    box.pass(2_000);
    expect(await box.names()).toEqual([]);
  });

  it('shows names of odd bytes once, and reads nothing outside of its folder for them', async () => {
    const box = machine();
    box.sys('../../class/operstate', 'up\n');
    box.sys('wän/operstate', 'up\n');
    box.dev(line('w\xc3\xa4n', 5), line('\x01\xff', 5), line('\x02\xff', 5), line('..', 5), line('../x', 5));
    expect((await box.read()).map(({ name, up }) => [name, up])).toEqual([
      ['wän', true],
      ['\ufffd\ufffd', null],
      ['..', null],
      ['../x', null],
    ]);
  });

  it('of thousands shows 128, hardware first', async () => {
    const box = machine();
    box.sys('eth9/device/vendor', '0x8086\n');
    box.dev(...Array.from({ length: 4_096 }, (_, index) => line(`vlan${index}`, 5)), line('eth9', 5));
    const names = await box.names();
    expect(names).toHaveLength(128);
    expect(names?.[0]).toBe('eth9');
  });

  it('of another machine is that of its first process', async () => {
    const box = machine();
    box.dev(line('inside', 5));
    mkdirSync(join(folder, 'proc/1/net'), { recursive: true });
    writeFileSync(join(folder, 'proc/1/net/dev'), header + line('outside', 5));
    expect(await box.names()).toEqual(['outside']);
    expect(box.note()).toBeNull();
  });

  it.each([
    ['listed and closed', () => rmSync(join(folder, 'proc/1/stat'))],
    ['not even listed', () => rmSync(join(folder, 'proc/1'), { recursive: true })],
  ])('of another machine whose first process is %s is not told, with a note', async (_, hide) => {
    const box = machine();
    box.dev(line('inside', 5));
    hide();
    expect(await box.names()).toBeUndefined();
    expect(box.note()).toContain('hidepid=0');
    // Its own sysfs has its own interfaces.
    box.sys('outside/statistics/rx_bytes', '1000\n');
    expect(await box.names()).toEqual(['outside']);
    expect(box.note()).toBeNull();
  });

  it('comes from sysfs where a kernel has no list, figure by figure', async () => {
    const box = machine();
    const write = (rx: number) => {
      box.sys('eth0/statistics/rx_bytes', `${rx}\n`);
      box.sys('eth0/statistics/tx_errors', 'x\n');
      box.sys('eth0/statistics/tx_packets', `${rx / 100}\n`);
    };
    write(1_000);
    await box.read();
    box.pass(1_000);
    write(1_500);
    expect(await box.read()).toMatchObject([
      {
        name: 'eth0',
        rxBytesPerSecond: 500,
        txBytesPerSecond: null,
        txPacketsPerSecond: 5,
        txErrorsPerSecond: null,
      },
    ]);
    box.dev(line('eth1', 5));
    expect(await box.names()).toEqual(['eth1']);
    rmSync(join(folder, 'proc/net/dev'));
    await expect(box.read()).rejects.toThrow('ENOENT');
  });

  it.each([
    ['missing', null],
    ['empty', ''],
    ['binary', Uint8Array.from({ length: 5000 }, (_, index) => (index * 37) % 256)],
    ['gigantic', new Uint8Array(5 * 1024 * 1024)],
  ])('rejects by name when its list is %s', async (_, content) => {
    const box = machine();
    if (content !== null) box.raw(content);
    await expect(box.read()).rejects.toThrow(/proc\/.*net\/dev/);
  });
});
