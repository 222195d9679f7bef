import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { containersSchema } from '@/lib/protocol/payloads';
import { clockWith } from '@/lib/testing/fake-clock';
import type { Machine } from '@/lib/testing/linux/fixture';
import { layOutMachine } from '@/lib/testing/linux/fixture-machine';
import { layOut } from '@/lib/testing/linux/fixture-tree';
import { containerCollector } from './container-collector';
import { containerOf } from './container-name';

const { signal } = new AbortController();
const docker = '3f9ab2c41d5e60718293a4b5c6d7e8f90112233445566778899aabbccddeeff0';
const podman = 'aa11bb22cc33dd44ee55ff66007788990011223344556677889900aabbccddee';
const pod = '0f0e0d0c0b0a09080706050403020100fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0';
const nested = '1234567890abcdef1234567890abcdef1234567890abcdef1234567890abcdef';
const gone = 'd'.repeat(64);

let folder: string;
let servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hb-'));
});
afterEach(() => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  servers = [];
  rmSync(folder, { recursive: true });
});

function containersOf(name: Machine) {
  const machine = layOutMachine(name, folder);
  const clock = { ms: 10_000 };
  const reading = containerCollector({ ...machine, clock: clockWith({ monotonicMs: () => clock.ms }) });
  return {
    ...machine,
    clock,
    reading,
    async rows() {
      const sample = await reading.collect(signal);
      const event = { t: 0, host: 'atlas', ...sample };
      expect(containersSchema.parse(event)).toEqual(event);
      return sample?.containers ?? [];
    },
    async row(id: string) {
      return (await this.rows()).find((row) => row.id === id);
    },
  };
}

/** An engine on a socket below the machine's root that answers as the test says, and counts. */
async function engineAt(path: string, answer: () => string | null, status = 200) {
  mkdirSync(join(path, '..'), { recursive: true });
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const text = answer();
    if (text !== null) response.writeHead(status).end(text);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return asked;
}

const entry = (id: string, name: string, status: string, state = 'running') => ({
  Id: id,
  Names: [`/${name}`],
  Image: `registry.example/${name}:1`,
  State: state,
  Status: status,
});

describe('the name of a cgroup', () => {
  it.each([
    [`system.slice/docker-${docker}.scope`, docker],
    [`docker/${docker}`, docker],
    [`machine.slice/libpod-${podman}.scope`, podman],
    [`libpod_parent/libpod-${podman}`, podman],
    [`kubepods/besteffort/pod1/${pod}`, pod],
    [`kubepods.slice/crio-${pod}.scope`, pod],
    [`system.slice/nerdctl-${docker}.scope`, docker],
    [`user.slice/user-1000.slice/app.slice/web.service/libpod-payload-${podman}`, podman],
    [`system.slice/kubepods-burstable-pod1.slice:cri-containerd:${pod}`, pod],
    [`system.slice:docker:${docker}`, docker],
    ['lxc.payload.web', 'web'],
    ['lxc/web', 'web'],
    ['machine.slice/systemd-nspawn@build.service', 'build'],
    ['machine.slice/machine-deb\\x2d12.scope', 'deb-12'],
    ['machine.slice/machine-build\\x2d1\\x2da.scope', 'build-1-a'],
    ['machine.slice/machine-lxc\\x2d4711\\x2dweb.scope', 'web'],
  ])('tells the container: %s', (path, id) => expect(containerOf(path)?.id).toBe(id));

  it.each([
    '',
    'system.slice',
    'system.slice/docker.service',
    `machine.slice/libpod-conmon-${podman}.scope`,
    `machine.slice/libpod-${podman}.scope/container`,
    `system.slice/crio-conmon-${pod}.scope`,
    'lxc.monitor.web',
    'lxc',
    'lxc.payload.web/init.scope',
    'docker-3f9ab2.scope',
    'machine.slice/machine-qemu\\x2d1\\x2dcentos7.0.scope',
    'machine.slice/machine-xen\\x2d12\\x2dmail.scope',
  ])('tells none: %j', (path) => expect(containerOf(path)).toBeNull());
});

describe('the containers of a server', () => {
  it('are those of every engine, however deep, with the figures of their cgroups', async () => {
    const server = containersOf('rack-server');
    expect(await server.rows()).toEqual(
      expect.arrayContaining([
        {
          id: docker,
          name: null,
          image: null,
          state: 'running',
          health: null,
          cpuPercent: null,
          memoryBytes: 220_000_000,
          memoryLimitBytes: 536_870_912,
          throttledPercent: null,
          oomKills: 2,
        },
        expect.objectContaining({ id: podman, state: 'paused', memoryBytes: 0, memoryLimitBytes: null }),
        expect.objectContaining({ id: pod, state: 'running', memoryBytes: 5_000_000 }),
        expect.objectContaining({ id: 'web', name: 'web', memoryBytes: 800_000_000 }),
        expect.objectContaining({ id: nested, memoryBytes: null }),
        expect.objectContaining({ id: 'build', name: 'build', state: 'running' }),
        expect.objectContaining({ id: 'deb-12', name: 'deb-12', state: null }),
      ]),
    );
    server.clock.ms += 5_000;
    server.passSecond();
    const rows = await server.rows();
    expect(rows).toHaveLength(6);
    const cpu = (id: string) => rows.find((row) => row.id === id)?.cpuPercent;
    expect([cpu(docker), cpu(podman), cpu('web'), cpu(nested)]).toEqual([40, 0, null, 0]);
    const held = rows.map(({ id, throttledPercent, oomKills }) => [id, throttledPercent, oomKills]);
    expect(held).toContainEqual([docker, 40, 3]);
    expect(held).toContainEqual([podman, null, null]);
  });

  it('that come are seen at once, and one that took another’s place within 10 s', async () => {
    const server = containersOf('rack-server');
    await server.rows();
    const add = (id: string) => layOut(`fs/cgroup/docker/${id}\n  cpu.stat: usage_usec 5\\n`, server.sysPath);
    add('b'.repeat(64));
    server.clock.ms += 5_000;
    expect(await server.row('b'.repeat(64))).toBeUndefined();
    server.clock.ms += 5_000;
    expect(await server.row('b'.repeat(64))).toBeDefined();
    add('c'.repeat(64));
    writeFileSync(join(server.sysPath, 'fs/cgroup/cgroup.stat'), 'nr_descendants 99\n');
    expect(await server.row('c'.repeat(64))).toBeDefined();
  });

  it('are at most 500', async () => {
    const server = containersOf('rack-server');
    const tree = Array.from({ length: 700 }, (_, n) => `fs/cgroup/docker/${String(n).padStart(64, '0')}`);
    layOut(tree.join('\n'), server.sysPath);
    expect(await server.rows()).toHaveLength(500);
  });

  it('is throttled by no counter that was set back, and not while it stands still', async () => {
    const server = containersOf('rack-server');
    const write = (counts: string) => {
      const file = join(server.sysPath, `fs/cgroup/system.slice/docker-${docker}.scope/cpu.stat`);
      writeFileSync(file, `usage_usec 9000000\n${counts}`);
      server.clock.ms += 5_000;
    };
    const throttled = async () => (await server.row(docker))?.throttledPercent;
    await throttled();
    write('nr_periods 70\nnr_throttled 54\n');
    expect(await throttled()).toBe(100);
    write('nr_periods 70\nnr_throttled 54\n');
    expect(await throttled()).toBe(0);
    write('nr_periods 3\nnr_throttled 1\n');
    expect(await throttled()).toBeNull();
    write('');
    expect(await throttled()).toBeNull();
  });

  it.each([
    ['empty', ''],
    ['garbage', '\0\xff usage_usec x\n'],
    ['negative', 'usage_usec -5\n'],
    ['huge', 'x'.repeat(100_000)],
  ])('have null where a file is %s', async (_, text) => {
    const server = containersOf('rack-server');
    const cgroup = join(server.sysPath, `fs/cgroup/system.slice/docker-${docker}.scope`);
    for (const file of ['cpu.stat', 'memory.current', 'memory.events', 'memory.max', 'memory.stat']) {
      writeFileSync(join(cgroup, file), text);
    }
    await server.rows();
    server.clock.ms += 5_000;
    const nothing = { cpuPercent: null, memoryBytes: null, memoryLimitBytes: null, oomKills: null };
    expect(await server.row(docker)).toMatchObject(nothing);
  });
});

describe.skipIf(process.platform === 'win32')('an engine', () => {
  const answer = () =>
    JSON.stringify([
      entry(docker, 'shop', 'Up 3 hours (healthy)'),
      entry(gone, 'batch', 'Exited (1) 2 days ago', 'exited'),
      { nonsense: true },
      null,
    ]);

  it('gives names, images, state and health, also of what does not run', async () => {
    const server = containersOf('rack-server');
    const asked = await engineAt(join(server.rootfsPath, 'run/docker.sock'), answer);
    // An engine that is slow to answer is told of in the next sample.
    await vi.waitFor(async () => expect(await server.row(docker)).toMatchObject({ name: 'shop' }));
    expect(await server.row(docker)).toMatchObject({
      name: 'shop',
      image: 'registry.example/shop:1',
      state: 'running',
      health: 'healthy',
      memoryBytes: 220_000_000,
    });
    expect(await server.row(gone)).toEqual({
      id: gone,
      name: 'batch',
      image: 'registry.example/batch:1',
      state: 'exited',
      health: null,
      cpuPercent: null,
      memoryBytes: null,
      memoryLimitBytes: null,
      throttledPercent: null,
      oomKills: null,
    });
    expect(asked).toEqual(['/containers/json?all=true']);
  });

  it.each([
    [['/shop/cache', '/cache'], 'cache'],
    [['/cache', '/shop/cache'], 'cache'],
    [['cache'], 'cache'],
    [['/shop/cache'], 'shop/cache'],
    [[7, null], null],
    [[], null],
  ])('is asked for the name, not for an alias: %j', async (names, name) => {
    const server = containersOf('rack-server');
    const container = { ...entry(docker, '', 'Up 3 hours'), Names: names };
    await engineAt(join(server.rootfsPath, 'run/docker.sock'), () => JSON.stringify([container]));
    expect((await server.row(docker))?.name).toBe(name);
  });

  it('is queried each 10 s, and at once for a new container, but not again for one of another engine', async () => {
    const server = containersOf('rack-server');
    const asked = await engineAt(join(server.rootfsPath, 'run/docker.sock'), answer);
    await server.rows();
    server.clock.ms += 5_000;
    await server.rows();
    expect(asked).toHaveLength(1);
    layOut(
      `fs/cgroup/docker/${'e'.repeat(64)}\nfs/cgroup\n  cgroup.stat: nr_descendants 15\\n`,
      server.sysPath,
    );
    await server.rows();
    expect(asked).toHaveLength(2);
    server.clock.ms += 5_000;
    await server.rows();
    expect(asked).toHaveLength(2);
    server.clock.ms += 5_000;
    await server.rows();
    expect(asked).toHaveLength(3);
  });

  it('of a user is queried besides the machine’s, Podman once a minute', async () => {
    const server = containersOf('rack-server');
    const asked = await engineAt(join(server.rootfsPath, 'run/user/1000/podman/podman.sock'), () =>
      JSON.stringify([entry(podman, 'db', 'Up 2 seconds (health: starting)')]),
    );
    await vi.waitFor(async () =>
      expect(await server.row(podman)).toMatchObject({ name: 'db', health: 'starting' }),
    );
    server.clock.ms += 30_000;
    expect(await server.row(podman)).toMatchObject({ name: 'db' });
    expect(asked).toHaveLength(1);
    server.clock.ms += 31_000;
    await server.rows();
    expect(asked).toHaveLength(2);
  });

  it.each<[string, () => string | null, number]>([
    ['does not answer', () => null, 200],
    ['denies', () => '{"message":"denied"}', 403],
    ['answers garbage', () => '\0{', 200],
    ['answers something else', () => '{"a":1}', 200],
    [
      'answers at great length',
      () => JSON.stringify([{ ...entry(docker, 'shop', 'Up'), Labels: 'x'.repeat(9 * 1024 * 1024) }]),
      200,
    ],
  ])('that %s leaves names null, and is left alone for a minute', async (_, reply, status) => {
    const server = containersOf('rack-server');
    const asked = await engineAt(join(server.rootfsPath, 'run/docker.sock'), reply, status);
    expect(await server.row(docker)).toMatchObject({ name: null, state: 'running' });
    server.clock.ms += 50_000;
    await server.rows();
    expect(asked).toHaveLength(1);
  });

  it('whose socket is dead is none', async () => {
    const server = containersOf('rack-server');
    mkdirSync(join(server.rootfsPath, 'run'), { recursive: true });
    writeFileSync(join(server.rootfsPath, 'run/docker.sock'), 'a file');
    expect(await server.row(docker)).toMatchObject({ name: null });
  });

  it('lists its containers without figures where there is no cgroup v2', async () => {
    const vm = containersOf('old-vm');
    await engineAt(join(vm.rootfsPath, 'run/docker.sock'), answer);
    await vi.waitFor(async () =>
      expect(await vm.row(docker)).toMatchObject({ name: 'shop', cpuPercent: null, memoryBytes: null }),
    );
  });
});

describe('where there are none', () => {
  it('the list is empty if there could be some', async () => {
    const vm = containersOf('old-vm');
    layOut('fs/cgroup\n  cgroup.controllers: cpu memory\nfs/cgroup/system.slice', vm.sysPath);
    expect(await vm.reading.collect(signal)).toEqual({ containers: [] });
  });

  it('there is no sample where nothing can be known', async () => {
    const vm = containersOf('old-vm');
    expect(await vm.reading.collect(signal)).toBeNull();
  });
});

it.runIf(process.platform === 'linux')('reads this machine, whatever it has', async () => {
  const sample = await containerCollector({ procPath: '/proc', sysPath: '/sys' }).collect(signal);
  if (!sample) return;
  const event = { t: 0, host: 'atlas', ...sample };
  expect(containersSchema.parse(event)).toEqual(event);
});
