import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPseudoFile, pseudoFileMaxBytes, readHead } from './pseudo-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string | Uint8Array) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('a pseudo-file', () => {
  it('is read whole, however much it grows', () => {
    const file = openPseudoFile(write('stat', 'short\n'));
    expect(file.read()).toBe('short\n');
    const long = `${'x'.repeat(700_000)}\n`;
    write('stat', long);
    expect(file.read()).toBe(long);
    write('stat', 'short again\n');
    expect(file.read()).toBe('short again\n');
  });

  it('follows its name when another file takes it', () => {
    const file = openPseudoFile(write('stat', 'old\n'));
    expect(file.read()).toBe('old\n');
    renameSync(write('new', 'new\n'), join(folder, 'stat'));
    expect(file.read()).toBe('new\n');
  });

  it('refuses what is larger than any of the kernel’s files, and goes on when it shrinks', () => {
    const path = write('stat', new Uint8Array(pseudoFileMaxBytes));
    const file = openPseudoFile(path);
    expect(() => file.read()).toThrow(`${path} cannot be read: larger than 4194304 bytes`);
    write('stat', 'well\n');
    expect(file.read()).toBe('well\n');
  });

  it('names the missing file, and reads it once it is there', () => {
    const path = join(folder, 'stat');
    const file = openPseudoFile(path);
    expect(() => file.read()).toThrow(`${path} cannot be read: ENOENT`);
    write('stat', 'here\n');
    expect(file.read()).toBe('here\n');
  });

  it('refuses a folder, a device without end and a FIFO, without waiting for any', () => {
    mkdirSync(join(folder, 'folder'));
    expect(() => openPseudoFile(join(folder, 'folder')).read()).toThrow('EISDIR');
    if (process.platform === 'win32') return;
    symlinkSync('/dev/zero', join(folder, 'zero'));
    expect(() => openPseudoFile(join(folder, 'zero')).read()).toThrow('larger than');
    execFileSync('/usr/bin/env', ['mkfifo', join(folder, 'fifo')]);
    expect(() => openPseudoFile(join(folder, 'fifo')).read()).toThrow('ESPIPE');
  });

  it.skipIf(process.platform === 'win32')('says when it may not be read', () => {
    const path = write('stat', 'secret\n');
    chmodSync(folder, 0o755);
    chmodSync(path, 0o000);
    asNobody(() => expect(() => openPseudoFile(path).read()).toThrow('EACCES'));
  });

  it.skipIf(process.platform !== 'linux')('of procfs is read to its end, though it comes by the page', () => {
    const file = openPseudoFile('/proc/crypto');
    const whole = readFileSync('/proc/crypto', 'latin1');
    expect(whole.length).toBeGreaterThan(4096);
    for (let times = 0; times < 3; times++) expect(file.read()).toBe(whole);
    file.close();
  });

  it.skipIf(process.platform !== 'linux')(
    'of procfs is read anew each time, and again after it was closed',
    () => {
      const file = openPseudoFile('/proc/uptime');
      const first = Number.parseFloat(file.read());
      while (Number.parseFloat(file.read()) === first);
      file.close();
      expect(Number.parseFloat(file.read())).toBeGreaterThan(first);
      file.close();
    },
  );
});

it('reads the head of a file, and null for none', async () => {
  expect(await readHead(write('cpuinfo', 'x'.repeat(100)), 10)).toBe('x'.repeat(10));
  expect(await readHead(join(folder, 'missing'))).toBeNull();
  expect(await readHead(folder)).toBeNull();
});

/** Root may read everything, so for a moment the test is somebody else. */
function asNobody(act: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
