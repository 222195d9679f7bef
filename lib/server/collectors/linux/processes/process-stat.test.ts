import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuxv } from './kernel-units';
import { highest } from './process-collector';
import { commandOf, parseIo, uidOf } from './process-details';
import { parseProcessStat } from './process-stat';
import { parsePasswd } from './user-names';

const statOf = (name: string) =>
  `7 (${name}) S 1 7 7 0 -1 4194560 0 0 0 0 1200 800 5 6 20 0 3 0 20 170000000 3000 18446744073709551615 0\n`;

describe('/proc/<pid>/stat', () => {
  it('bears every name', () => {
    const names = fc.string({
      unit: fc.constantFrom('a', ' ', '(', ')', '\n', '\t', '\xff', '1'),
      maxLength: 64,
    });
    fc.assert(
      fc.property(names, (name) => {
        expect(parseProcessStat(statOf(name))).toEqual({
          name,
          isKernelThread: false,
          ticks: 2000,
          threads: 3,
          startTicks: 20,
          residentPages: 3000,
        });
      }),
    );
  });

  it('is null when cut off anywhere before its last figure', () => {
    const whole = statOf('init');
    const end = whole.indexOf(' 3000 ');
    for (let length = 0; length < end; length += 1) {
      expect(parseProcessStat(whole.slice(0, length))).toBeNull();
    }
  });

  it.each([
    '',
    '\0\xff',
    ')(',
    '()',
    'cpu  1 2 3',
    statOf('a').replace(' 1200 ', ' x '),
    statOf('a').replace('1200', '-5000'),
  ])('is null when it is %j', (text) => expect(parseProcessStat(text)).toBeNull());

  it('keeps a process whose memory is no figure', () => {
    for (const pages of ['-7', '18446744073709551609', 'x']) {
      const stat = parseProcessStat(statOf('init').replace(' 3000 ', ` ${pages} `));
      expect(stat).toMatchObject({ ticks: 2000, threads: 3, residentPages: null });
    }
  });

  it('recognises a kernel thread', () => {
    expect(parseProcessStat(statOf('kworker').replace('4194560', '69238880'))?.isKernelThread).toBe(true);
  });
});

describe('further details of a process', () => {
  it('is its user, the effective one', () => {
    expect(uidOf('Name:\tsu\nUid:\t1000\t0\t0\t0\nGid:\t1\t2\t3\t4\n')).toBe(0);
    expect(uidOf('Name:\tUid:\t5\t5\t5\t5\n')).toBeNull();
    expect(uidOf('')).toBeNull();
  });

  it('is its command line, without the NULs of a title that was longer', () => {
    expect(commandOf('/bin/sh\0-c\0true\0')).toBe('/bin/sh -c true');
    expect(commandOf('postgres: writer\0\0\0\0\0')).toBe('postgres: writer');
    expect(commandOf('\0\0')).toBeNull();
    expect(commandOf('')).toBeNull();
    expect(commandOf('x'.repeat(4096))).toHaveLength(1024);
    expect(commandOf('/bin/sh\0-c\0\0last\0')).toBe('/bin/sh -c  last');
  });

  it('has its secrets masked, however its arguments are taken apart and wherever they were cut', () => {
    expect(commandOf('mysql\0-uroot\0-phunter2\0shop\0')).toBe('mysql -uroot -p*** shop');
    expect(commandOf('app\0--password\0hunter2 and\0--port\x0080\0')).toBe('app --password *** --port 80');
    expect(commandOf('worker --token hunter2 postgres://ada:hunter2@db/shop\0\0\0')).toBe(
      'worker --token *** postgres://ada:***@db/shop',
    );
    const long = 'x'.repeat(5_000);
    for (const start of ['app\0--password=', 'app\0-H\0Authorization: Bearer ', 'app\0https://ada:']) {
      const shown = commandOf(`${start}hunter2${long}`.slice(0, 4096));
      expect(shown).not.toContain('hunter2');
    }
  });

  it('is what it read and wrote', () => {
    expect(parseIo('rchar: 1\nread_bytes: 12\nwrite_bytes: 34\n')).toEqual({
      readBytes: 12,
      writtenBytes: 34,
    });
    expect(parseIo('rchar: 1\nread_bytes: 12\nwrite_by')).toEqual({ readBytes: 12, writtenBytes: null });
    expect(parseIo('read_bytes: 18446744073709551615\nwrite_bytes: 34\n')).toEqual({
      readBytes: null,
      writtenBytes: 34,
    });
    expect(parseIo('rchar: 1\nread_by')).toBeNull();
  });
});

describe('the units of a kernel', () => {
  const vectorOf = (...entries: readonly (readonly [number, number])[]) => {
    const vector = Buffer.alloc(entries.length * 16);
    entries.forEach(([type, value], index) => {
      vector.writeBigUInt64LE(BigInt(type), index * 16);
      vector.writeBigUInt64LE(BigInt(value), index * 16 + 8);
    });
    return vector;
  };

  it('are in its auxiliary vector', () => {
    expect(parseAuxv(vectorOf([33, 9], [6, 16_384], [17, 250], [0, 0]))).toEqual({
      pageBytes: 16_384,
      ticksPerSecond: 250,
    });
  });

  it.each([Buffer.of(), Buffer.from('garbage of some length'), vectorOf([6, 0], [17, 2 ** 40])])(
    'are the usual ones without it',
    (vector) => expect(parseAuxv(vector)).toEqual({ pageBytes: 4096, ticksPerSecond: 100 }),
  );
});

it('users have the first of their names', () => {
  const names = parsePasswd(
    'root:x:0:0::/:\ntoor:x:0:0::/:\nbroken\n:x:3:3::/:\nx:y:z:\n\xc3\xa9:x:7:7::/:\n',
  );
  expect([...names]).toEqual([
    [0, 'root'],
    [7, 'é'],
  ]);
});

it('the highest are those that sorting finds', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -3, max: 50 }), { maxLength: 80 }),
      fc.integer({ min: 1, max: 20 }),
      (numbers, count) => {
        const sorted = numbers.filter((n) => n > 0).sort((a, b) => b - a);
        expect(highest(numbers, count, (n) => n)).toEqual(sorted.slice(0, count));
      },
    ),
  );
});
