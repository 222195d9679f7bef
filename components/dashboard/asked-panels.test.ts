import { expect, test } from 'vitest';
import { askedPanels } from './asked-panels';

const known = ['cpu', 'memory', 'disk'];

test.each([
  [null, null, []],
  ['', null, []],
  ['memory,cpu', ['memory', 'cpu'], []],
  [' cpu , cpu,', ['cpu'], []],
  ['cpu,gpu', ['cpu'], ['gpu']],
  ['gpu,toString', null, ['gpu', 'toString']],
  ['x'.repeat(100), null, ['x'.repeat(40)]],
])('panels=%s shows %j and does not know %j', (asked, names, unknown) => {
  expect(askedPanels(asked, known)).toEqual({ names, unknown });
});
