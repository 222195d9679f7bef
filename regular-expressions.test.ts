import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { analyse } from 'scslre';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';
import { clientOf } from './lib/server/auth/client-address';
import { checkRequest } from './lib/server/auth/host-and-origin';
import { readTarget } from './lib/server/auth/request-target';
import { parsePublished } from './lib/server/ingest/published-event';
import { parseSensorValues } from './lib/server/ingest/sensor-values';

/** Those that may backtrack, each with why what they meet is short. */
const bounded: Readonly<Record<string, string>> = {
  '/\\.0+(?!\\d)|(?<=\\.\\d*[1-9])0+(?!\\d)/': 'numbers that Intl has formatted',
  '/\\{from,.*\\}$/': 'texts of lib/i18n',
  '/^ +(.+?): ?(.*)$/': 'fixtures of tests',
  '/^:root \\{.*?^\\}/ms': 'app/globals.css, when the product is built',
  '/\\/\\*.*?\\*\\//gs': 'app/globals.css, when the product is built',
  '/\\s*\\n\\s*/g': 'app/globals.css, when the product is built',
};

/** Those that are put together at run time, from names of ours; what they meet is the kernel's, or a cookie. */
const assembled = [
  'lib/server/http/handlers/export.ts',
  'lib/server/collectors/linux/containers/cgroup-files.ts',
  'lib/server/collectors/linux/containers/container-name.ts',
  'lib/server/collectors/linux/memory/meminfo.ts',
  'lib/server/collectors/linux/pressure/pressure.ts',
  'lib/server/collectors/linux/procfs-facts.ts',
  'lib/server/collectors/linux/memory/zfs-arc.ts',
  'lib/server/collectors/own-facts.ts',
];

interface Found {
  /** As it is written: `/source/flags`. */
  readonly text: string;
  readonly source: string;
  readonly flags: string;
  readonly file: string;
}

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) =>
    /^(?:(?:app|components|lib|scripts)\/.*|proxy|instrumentation)\.(?:ts|tsx|mjs)$/.test(file),
  )
  .filter((file) => !/\.(?:test|child)\./.test(file));

const found = new Map<string, Found>();
const constructed = new Set<string>();

for (const file of files) walk(parseSync(file, readFileSync(file, 'utf8')).program, file);

function walk(node: unknown, file: string): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, regex, callee } = node as {
    type?: string;
    regex?: { pattern: string; flags: string };
    callee?: { name?: string };
  };
  if (type === 'Literal' && regex) {
    const text = `/${regex.pattern}/${regex.flags}`;
    found.set(text, { text, source: regex.pattern, flags: regex.flags, file });
  }
  if (callee?.name === 'RegExp') constructed.add(file);
  for (const part of Object.values(node)) walk(part, file);
}

const unbounded = [...found.values()].filter(({ text }) => !Object.hasOwn(bounded, text));

const short = 16 * 1024;
const long = 64 * 1024;
/** Four times as long takes four times as long; sixteen times where each start looks at all the rest. */
const growthMax = 10;
/** Below this, what is measured is the machine. */
const telling = 50;

/** Whether `work` takes more CPU time than its input grows, on every one of five looks. */
function outgrows(work: (length: number) => void): boolean {
  const timed = (length: number) => {
    const from = process.cpuUsage();
    work(length);
    return process.cpuUsage(from).user / 1000;
  };
  for (let look = 0; look < 5; look += 1) {
    const ms = timed(long);
    if (ms < telling || ms / timed(short) < growthMax) return false;
  }
  return true;
}

function use(regex: RegExp, text: string): void {
  if (regex.global) text.replaceAll(regex, '');
  else regex.exec(text);
}

/** What an expression is made of, and what it is likely not to expect. */
function alphabetOf({ source }: Found): readonly string[] {
  return [...new Set([...source.replace(/\\[dDwWsSbBpP]/g, ''), ...'0a .-"\\\n/%é'])];
}

test('there are expressions, and none in the list of bounded ones is gone', () => {
  expect(found.size).toBeGreaterThan(100);
  expect(Object.keys(bounded).filter((text) => !found.has(text))).toEqual([]);
  expect([...constructed].sort()).toEqual([...assembled].sort());
});

test('no expression that meets input backtracks more than its length, by its form', () => {
  const slow = unbounded.filter(
    ({ source, flags }) => analyse({ source, flags }, { reportTypes: { Move: true } }).reports.length > 0,
  );
  expect(slow.map(({ text, file }) => `${file}: ${text}`)).toEqual([]);
});

test('no expression that meets input takes longer than 64 KiB of it grow, of what it is made of', {
  timeout: 120_000,
}, () => {
  for (const one of unbounded) {
    const regex = new RegExp(one.source, one.flags);
    const pump = fc.array(fc.constantFrom(...alphabetOf(one)), { minLength: 1, maxLength: 3 });
    const singles = alphabetOf(one).map((character) => [character]);
    const pumps = [...singles, ...fc.sample(pump, { numRuns: 12, seed: 13 })].map((parts) => parts.join(''));
    for (const part of pumps) {
      const attack = (length: number) => {
        const middle = part.repeat(Math.ceil(length / part.length));
        for (const text of [middle, `${middle}\u0000!`]) use(regex, text);
      };
      expect(outgrows(attack), `${one.file}: ${one.text} with ${JSON.stringify(part)}`).toBe(false);
    }
  }
});

const context = { now: 1_700_000_000_000, host: 'atlas' };
const allowed = { host: '127.0.0.1', allowedHosts: ['.example.org'], allowedOrigins: ['https://a.example'] };

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'a value of a sensor': (text) =>
    parseSensorValues({ id: 'a', text, query: new URLSearchParams() }, context),
  'values of a sensor': (text) =>
    parseSensorValues({ id: 'a', text: `t=${text}&h=${text}`, query: new URLSearchParams() }, context),
  'an id of a sensor': (id) => parseSensorValues({ id, text: '1', query: new URLSearchParams() }, context),
  'limits of a sensor': (text) =>
    parseSensorValues({ id: 'a', text: '1', query: new URLSearchParams({ high: text }) }, context),
  events: (text) => parsePublished(text, context),
  'the type of an event': (type) => parsePublished(JSON.stringify({ type, data: {} }), context),
  'a message': (text) =>
    parsePublished(JSON.stringify({ type: 'message', data: { text, url: text } }), context),
  'a target': (text) => readTarget(text),
  Host: (host) => checkRequest({ host, origin: null }, allowed),
  Origin: (origin) => checkRequest({ host: 'localhost', origin }, allowed),
  'Sec-Fetch-Site': (fetchSite) => checkRequest({ host: 'localhost', origin: null, fetchSite }, allowed),
  'X-Forwarded-For': (text) => clientOf('127.0.0.1', text, () => true),
};

test.each(Object.keys(readers))(
  '64 KiB of whatever it is are no burden as %s',
  { timeout: 120_000 },
  (name) => {
    const read = readers[name] ?? (() => {});
    const character = fc.constantFrom(...'0123456789+-.eEaAzZ \t\n\r&=%[]{}(),:;/\\"*@_é漢');
    const pump = fc.array(character, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    const digits = ['0', '1.', '.', '9e', '-', '00.'];
    const shape = fc.record({ head: fc.constantFrom('', '+', '1', '"', '{', '[', 'http://', '.'), pump });
    fc.assert(
      fc.property(shape, fc.constantFrom('', 'x', '"', '}', '.'), ({ head, pump: part }, tail) => {
        const attack = (length: number) => read(head + part.repeat(Math.ceil(length / part.length)) + tail);
        return !outgrows(attack);
      }),
      { numRuns: 60, examples: digits.map((part) => [{ head: '', pump: part }, 'x']) },
    );
  },
);
