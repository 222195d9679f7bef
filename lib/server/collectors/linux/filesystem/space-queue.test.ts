import { describe, expect, it, vi } from 'vitest';
import type { Space } from './mount-space';
import type { Mount } from './mountinfo';
import { openSpaceQueue } from './space-queue';

const space: Space = { sizeBytes: 100, usedBytes: 40, availableBytes: 50, inodesUsedPercent: 3 };
const { signal } = new AbortController();

const mount = (mountPoint: string, source = '/dev/sda1', type = 'ext4'): Mount => ({
  id: 1,
  parent: 0,
  device: `0:${mountPoint}`,
  root: '/',
  mountPoint,
  type,
  source,
  readOnly: false,
});

interface Call {
  readonly path: string;
  answer(space: Space): void;
  fail(error: Error): void;
}

/** A queue over mounts of which some hang until the test says otherwise. */
function queueWhere(hangs: (path: string) => boolean, deadlineMs = 40) {
  const asked: string[] = [];
  const hanging: Call[] = [];
  const queue = openSpaceQueue({
    deadlineMs,
    ask(buffer) {
      const path = buffer.toString();
      asked.push(path);
      if (!hangs(path)) return Promise.resolve(space);
      return new Promise((answer, fail) => hanging.push({ path, answer, fail }));
    },
  });
  const pathOf = ({ mountPoint }: Mount) => Buffer.from(mountPoint);
  return {
    asked,
    hanging,
    /** The mounts that answered. */
    async turn(mounts: readonly Mount[], aborted = signal) {
      asked.length = 0;
      const answers = await queue.askAll(mounts, pathOf, aborted);
      const known = mounts.filter((each) => answers.get(each) === space);
      return known.map(({ mountPoint }) => mountPoint);
    },
  };
}

describe('a mount that hangs', () => {
  it('is null, and holds up no other', async () => {
    const { turn, asked } = queueWhere((path) => path === '/dead');
    const mounts = ['/', '/dead', '/home', '/var'].map((path) => mount(path));
    expect(await turn(mounts)).toEqual(['/', '/home', '/var']);
    expect(asked).toHaveLength(4);
  });

  it('is not queried again until it has answered, and then at once', async () => {
    let isDead = true;
    const { turn, asked, hanging } = queueWhere((path) => isDead && path === '/dead');
    const mounts = ['/', '/dead'].map((path) => mount(path));
    for (let turns = 0; turns < 5; turns++) {
      expect(await turn(mounts)).toEqual(['/']);
      expect(asked).toEqual(turns === 0 ? ['/', '/dead'] : ['/']);
    }
    expect(hanging).toHaveLength(1);
    isDead = false;
    hanging[0]?.answer(space);
    await Promise.resolve();
    expect(await turn(mounts)).toEqual(['/', '/dead']);
  });

  it('rests for 1, 2, 4 … 20 turns while it only ever fails', async () => {
    const { turn, asked, hanging } = queueWhere((path) => path === '/dead');
    const mounts = [mount('/dead')];
    const pauses: number[] = [];
    let pause = 0;
    while (pauses.length < 7) {
      await turn(mounts);
      if (asked.length === 0) pause += 1;
      else {
        pauses.push(pause);
        pause = 0;
        hanging.at(-1)?.fail(new Error('EIO'));
        await Promise.resolve();
      }
    }
    expect(pauses).toEqual([0, 1, 2, 4, 8, 16, 20]);
  });

  it('makes those of its server wait, but of no other', async () => {
    const { turn, asked } = queueWhere((path) => path.startsWith('/dead'));
    const mounts = [
      mount('/dead/a', 'nas:/a', 'nfs4'),
      mount('/dead/b', 'nas:/b', 'nfs4'),
      mount('/alive', 'files:/c', 'nfs4'),
      mount('/share', '//office/d', 'cifs'),
      mount('/'),
    ];
    await turn(mounts);
    const known = await turn(mounts);
    expect(known).toEqual(['/alive', '/share', '/']);
    expect(asked).not.toContain('/dead/b');
  });

  it('leaves local ones alone however many servers are dead, and holds two threads at most', async () => {
    const { turn, hanging } = queueWhere((path) => path.startsWith('/dead'));
    const shares = [1, 2, 3, 4, 5].map((n) => mount(`/dead${n}`, `nas${n}:/`, 'nfs'));
    for (let turns = 0; turns < 4; turns++) {
      expect(await turn([...shares, mount('/'), mount('/home')])).toEqual(['/', '/home']);
    }
    expect(hanging.map(({ path }) => path)).toEqual(['/dead1', '/dead2']);
  });

  it('with others like it, local ones too, leaves one thread to the rest of the process', async () => {
    const { turn, hanging } = queueWhere((path) => path.startsWith('/dead'));
    const disks = [1, 2, 3, 4, 5].map((n) => mount(`/dead${n}`));
    for (let turns = 0; turns < 4; turns++) await turn([...disks, mount('/dead6', 'nas:/', 'nfs')]);
    expect(hanging).toHaveLength(3);
  });
});

it('a mount that fails is null, and is queried again in the next turn', async () => {
  let isBroken = true;
  const queue = openSpaceQueue({
    deadlineMs: 60_000,
    async ask() {
      if (isBroken) throw new Error('EACCES');
      return space;
    },
  });
  const root = mount('/');
  const pathOf = () => Buffer.from('/');
  expect((await queue.askAll([root], pathOf, signal)).get(root)).toBeNull();
  isBroken = false;
  expect((await queue.askAll([root], pathOf, signal)).get(root)).toBe(space);
});

it('an abort ends the turn at once', async () => {
  const aborter = new AbortController();
  const { turn, asked, hanging } = queueWhere((path) => path !== '/', 1e9);
  const mounts = ['/', '/a', '/b', '/c', '/d'].map((path) => mount(path));
  const known = turn(mounts, aborter.signal);
  await vi.waitFor(() => expect(hanging).toHaveLength(1));
  aborter.abort();
  expect(await known).toEqual(['/']);
  expect(asked).toEqual(['/', '/a']);
});
