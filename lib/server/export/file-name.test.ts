import { expect, test } from 'vitest';
import { fileName } from './file-name';

const from = Date.UTC(2026, 10, 23, 3, 10, 5);

test.each([
  ['atlas', 'hostbeat-atlas-20261123-031005.html'],
  ['web 1/"eu".example', 'hostbeat-web-1-eu-.example-20261123-031005.html'],
  ['../../etc', 'hostbeat-etc-20261123-031005.html'],
  ['主机\r\nX: y', 'hostbeat-X-y-20261123-031005.html'],
  ['…', 'hostbeat-host-20261123-031005.html'],
])('%j is the file %s', (host, name) => {
  expect(fileName(host, from, 'html')).toBe(name);
});
