import { expect, test } from 'vitest';
import { openStreamReader } from './stream-reader.mjs';

const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const events = [
  ': open\n\n',
  'event: hello\ndata: {"log":"atlas"}\n\n',
  'id: atlas-7\nevent: cpu\ndata: {"t":1000,"host":"a"}\n\n',
  'event: gap\ndata: {"missed":2}\n\n',
  'id: atlas-10\nevent: cpu\ndata: {"t":2000,"host":"a"}\n\nid: atlas-11\ndata: {"t":2000}\n\n',
];
const counted = [
  { isGap: false, id: 'atlas-7', position: 7, t: 1000 },
  { isGap: true, id: '', position: 0, t: 0 },
  { isGap: false, id: 'atlas-10', position: 10, t: 2000 },
  { isGap: false, id: 'atlas-11', position: 11, t: 2000 },
];

const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${events.map(chunk).join('')}`;
const plain = `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${events.join('')}`;
const cut = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${[...events.join('')].map(chunk).join('')}`;

test.each([
  ['chunks of whole events', chunked],
  ['no chunks', plain],
  ['a chunk for every byte', cut],
])('with %s the same events are counted, whatever the borders of the reads', (_, answer) => {
  for (let size = 1; size <= answer.length; size += 1) {
    const reader = openStreamReader();
    const read = [];
    for (let at = 0; at < answer.length; at += size) read.push(...reader.read(answer.slice(at, at + size)));
    expect([size, read]).toEqual([size, counted]);
    expect(reader).toMatchObject({ status: 200, isBetween: true });
  }
});

test('within a chunk or an event it is not between two', () => {
  const reader = openStreamReader();
  expect(reader.isBetween).toBe(false);
  reader.read(chunked.slice(0, -20));
  expect(reader.isBetween).toBe(false);
});

test('a refusal is told by its status, and an id of a second by its place too', () => {
  const refused = openStreamReader();
  refused.read('HTTP/1.1 503 Service Unavailable\r\n\r\n');
  expect(refused.status).toBe(503);
  const reader = openStreamReader();
  reader.read('HTTP/1.1 200 OK\r\n\r\n');
  const [first, second] = reader.read(
    'id: 1795386155:0\ndata: {"t":1}\n\nid: 1795386155:1\ndata: {"t":2}\n\n',
  );
  expect(second?.position).toBeGreaterThan(first?.position ?? Number.POSITIVE_INFINITY);
});
