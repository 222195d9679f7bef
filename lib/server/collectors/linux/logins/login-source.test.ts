import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loginSchema } from '@/lib/protocol/payloads';
import { loginSource } from './login-source';
import { parseSession } from './logind';
import { parseUtmp } from './utmp';

const { signal } = new AbortController();

interface RecordFields {
  readonly type?: number;
  readonly pid?: number;
  readonly line?: string;
  readonly user?: string;
  readonly host?: string;
  readonly seconds?: number;
  readonly address?: readonly number[];
}

/** One record as glibc writes it: of 384 bytes, or of the 400 that it has on 64-bit ARM. */
function record(fields: RecordFields, length = 384): Buffer {
  const { type = 7, pid = 700, line = 'pts/0', user = 'ada', host = '', seconds = 1_790_000_000 } = fields;
  const bytes = Buffer.alloc(length);
  bytes.writeInt16LE(type, 0);
  bytes.writeInt32LE(pid, 4);
  bytes.write(line, 8, 32, 'utf8');
  bytes.write(user, 44, 32, 'utf8');
  bytes.write(host, 76, 256, 'utf8');
  bytes.writeUInt32LE(seconds, length === 384 ? 340 : 344);
  Buffer.from(fields.address ?? []).copy(bytes, length === 384 ? 348 : 360);
  return bytes;
}

const boot = (length = 384) =>
  record({ type: 2, pid: 0, line: '~', user: 'reboot', host: '6.8.0-45-generic' }, length);
const ipv6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];

describe('utmp', () => {
  it.each([384, 400])('has those who are logged in, in records of %i bytes', (length) => {
    const content = Buffer.concat([
      boot(length),
      record({ type: 6, line: 'tty2', user: 'LOGIN' }, length),
      record({ line: 'tty1' }, length),
      record({ line: 'pts/1', user: 'bob', host: 'router.example', address: [192, 0, 2, 44] }, length),
      record({ line: 'pts/2', user: 'eve', host: '2001:db8::7', address: ipv6 }, length),
      record({ line: 'pts/3', user: 'gil', host: 'office.example' }, length),
      record({ line: ':0', user: 'hal', host: ':0' }, length),
      record({ line: 'pts/4', user: 'ida', host: 'tmux(812).%0' }, length),
      record({ type: 8, line: 'pts/5', user: 'gone' }, length),
    ]);
    const sessions = parseUtmp(content)?.map(({ user, terminal, from }) => [user, terminal, from]);
    expect(sessions).toEqual([
      ['ada', 'tty1', null],
      ['bob', 'pts/1', '192.0.2.44'],
      ['eve', 'pts/2', '2001:db8::7'],
      ['gil', 'pts/3', 'office.example'],
      ['hal', ':0', null],
      ['ida', 'pts/4', null],
    ]);
  });

  it('writes an IPv4 address in IPv6’s clothes as what it is', () => {
    const address = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 9];
    expect(parseUtmp(record({ address }))?.[0]?.from).toBe('203.0.113.9');
  });

  it('leaves out a record that is cut off, and takes names of any bytes', () => {
    const odd = record({ user: 'x'.repeat(32), line: 'a\x1b[2J' });
    const [session, ...others] = parseUtmp(Buffer.concat([odd, record({}).subarray(0, 200)])) ?? [];
    expect(session).toMatchObject({ user: 'x'.repeat(32), terminal: 'a\ufffd[2J' });
    expect(others).toEqual([]);
  });

  it('is none when empty or of another kind, and never throws', () => {
    expect(parseUtmp(Buffer.of())).toBeNull();
    expect(parseUtmp(Buffer.from('x'.repeat(2000)))).toBeNull();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        for (const { user } of parseUtmp(bytes) ?? []) expect(user).not.toBe('');
      }),
    );
  });
});

const ssh = [
  '# This is private data. Do not parse.',
  'UID=1000',
  'USER=ada',
  'ACTIVE=1',
  'STATE=active',
  'REMOTE=1',
  'TYPE=tty',
  'CLASS=user',
  'TTY=pts/0',
  'REMOTE_HOST=2001:db8::7',
  'SERVICE=sshd',
  'LEADER=700',
  'REALTIME=1790000000000000',
].join('\n');

describe('a session of logind', () => {
  it('reports who logged in, and from where', () => {
    expect(parseSession('3', ssh)).toMatchObject({
      user: 'ada',
      terminal: 'pts/0',
      from: '2001:db8::7',
      leader: 700,
    });
  });

  it('is on the machine itself where it is not remote, and may have quotes', () => {
    const local = ssh
      .replace('REMOTE=1', 'REMOTE=0')
      .replace('TTY=pts/0', 'DISPLAY=:0')
      .replace('USER=ada', 'USER="ad\\"a"');
    expect(parseSession('c1', local)).toMatchObject({ user: 'ad"a', terminal: ':0', from: null });
  });

  it.each([
    ['', ''],
    ['garbage', '\0\xff\n==\n'],
    ['the greeter', ssh.replace('CLASS=user', 'CLASS=greeter')],
    ['a manager', ssh.replace('CLASS=user', 'CLASS=manager')],
    ['a cron job', ssh.replace('SERVICE=sshd', 'SERVICE=cron')],
    ['closing', ssh.replace('STATE=active', 'STATE=closing')],
    ['of nobody', ssh.replace('USER=ada', 'USER=')],
  ])('is none that counts: %s', (_, text) => expect(parseSession('3', text)).toBeNull());
});

describe('those who come and go', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
    for (const pid of [1, 700, 800]) mkdirSync(join(folder, 'proc', String(pid)), { recursive: true });
    mkdirSync(join(folder, 'root/run/systemd/sessions'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const utmp = (...records: readonly Buffer[]) =>
    writeFileSync(join(folder, 'root/run/utmp'), Buffer.concat([boot(), ...records]));
  const session = (id: string, text: string) =>
    writeFileSync(join(folder, 'root/run/systemd/sessions', id), text);

  function watch() {
    const logins = loginSource({ procPath: join(folder, 'proc'), rootfsPath: join(folder, 'root') });
    return async () => {
      const occurrences = await logins.poll(signal);
      for (const { payload } of occurrences) {
        expect(() => loginSchema.parse({ t: 0, host: 'atlas', ...payload })).not.toThrow();
      }
      return occurrences.map(({ type, payload }) => ({ type, ...payload }));
    };
  }

  const ada = { user: 'ada', terminal: 'pts/0', from: null };
  const bob = { user: 'bob', terminal: 'pts/1', from: '192.0.2.44' };
  const bobRecord = record({ user: 'bob', line: 'pts/1', pid: 800, address: [192, 0, 2, 44] });

  it('are reported once each; sessions from before are not', async () => {
    utmp(record({}));
    const look = watch();
    expect(await look()).toEqual([]);
    utmp(record({}), bobRecord);
    expect(await look()).toEqual([{ type: 'user-login', ...bob }]);
    expect(await look()).toEqual([]);
    utmp(bobRecord);
    expect(await look()).toEqual([{ type: 'user-logout', ...ada }]);
  });

  it('at one terminal one after the other are two', async () => {
    utmp(record({}));
    const look = watch();
    await look();
    utmp(record({ seconds: 1_790_000_009 }));
    expect(await look()).toEqual([
      { type: 'user-logout', ...ada },
      { type: 'user-login', ...ada },
    ]);
  });

  it('are gone when their process is, though their record stays', async () => {
    utmp(record({}), bobRecord);
    const look = watch();
    await look();
    rmSync(join(folder, 'proc/800'), { recursive: true });
    expect(await look()).toEqual([{ type: 'user-logout', ...bob }]);
  });

  it('are there where processes are hidden', async () => {
    rmSync(join(folder, 'proc'), { recursive: true });
    utmp();
    const look = watch();
    await look();
    utmp(bobRecord);
    expect(await look()).toEqual([{ type: 'user-login', ...bob }]);
  });

  it('are found with logind where there is no utmp', async () => {
    const look = watch();
    expect(await look()).toEqual([]);
    session('3', ssh);
    session('3.ref', '');
    expect(await look()).toEqual([{ type: 'user-login', ...ada, from: '2001:db8::7' }]);
    session('3', ssh.replace('STATE=active', 'STATE=closing'));
    expect(await look()).toEqual([{ type: 'user-logout', ...ada, from: '2001:db8::7' }]);
  });

  it('are not invented when utmp goes, is broken, or comes back', async () => {
    utmp(record({}));
    session('3', ssh);
    session('4', ssh.replace('ada', 'zoe'));
    const look = watch();
    await look();
    for (const change of [
      () => rmSync(join(folder, 'root/run/utmp')),
      () => utmp(record({}), bobRecord),
      () => writeFileSync(join(folder, 'root/run/utmp'), 'garbage'),
      () => rmSync(join(folder, 'root/run'), { recursive: true }),
    ]) {
      change();
      expect(await look()).toEqual([]);
    }
    expect(await look()).toEqual([]);
  });

  it('are not reported where the files are another machine’s', async () => {
    const logins = loginSource({ procPath: join(folder, 'proc') });
    expect(await logins.poll(signal)).toEqual([]);
  });

  it('are found on this machine', async () => {
    expect(await loginSource({ procPath: '/proc' }).poll(signal)).toEqual([]);
  });
});
