import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExportedFile } from '@/lib/protocol/exported-file';
import { runToEnd } from '@/lib/server/concurrency/turns';
import { htmlFile, jsonForScript } from './html-file';

const evil = '</script><img src=x onerror="alert(1)"><!--\u2028\u2029 & \'"';
const from = Date.UTC(2026, 10, 23, 3, 10, 5);

const moment: ExportedFile = {
  lang: 'en',
  facts: {
    host: evil,
    os: 'Debian 13',
    kernel: null,
    cpuModel: null,
    cores: 4,
    memoryBytes: null,
    bootTime: null,
    container: null,
    scope: 'host',
  },
  version: '1.2.3',
  exportedAt: from,
  from,
  to: from + 60_000,
  start: from,
  stepMs: 1_000,
  charts: [],
  events: [{ t: from, type: 'message', title: evil, text: evil }],
  isCut: false,
  gaps: [],
};
const file = runToEnd(htmlFile(moment, { script: 'const a = 1;', style: 'p{margin:0}' }));

test('foreign text is data that opens no element and ends no script', () => {
  // One each for JSON and the script, their ends, and nothing of what was written.
  expect(file.match(/<script/g)).toHaveLength(2);
  expect(file.match(/<\/script/g)).toHaveLength(2);
  expect(file).not.toMatch(/<img|<!--/);
  const data = /<script type="application\/json" id="moment">(.*?)<\/script>/s.exec(file)?.[1] ?? '';
  expect(data).not.toMatch(/[<>&\u2028\u2029]/);
  expect(JSON.parse(data)).toEqual(moment);
});

test('any text survives the script element unchanged', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...evil, '\\', '\u{1f600}', '\0') }), (text) => {
      const json = jsonForScript({ text });
      expect(json).not.toMatch(/[<>\u2028\u2029]/);
      expect(JSON.parse(json)).toEqual({ text });
    }),
    { numRuns: 40 },
  );
});

test('the policy allows this one script and no request', () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(file)?.[1];
  const hash = createHash('sha256').update('const a = 1;').digest('base64');
  expect(policy).toBe(
    `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; img-src data:`,
  );
  expect(file).not.toMatch(/(?:src|href)="(?!data:)/);
});
