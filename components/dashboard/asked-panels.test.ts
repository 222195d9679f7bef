import { expect, test } from 'vitest';
import { loggedTypes } from '@/lib/protocol/event-types';
import { askedPanels, typesOfPanels } from './asked-panels';

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

test.each([
  [null, true],
  ['', true],
  ['nothing-known', true],
  ['cpu,processes', true],
  ['cpu,memory', false],
])('panels=%s: whether command lines are given to the page is %s', (asked, isGiven) => {
  const types = typesOfPanels(asked);
  expect(types.includes('processes')).toBe(isGiven);
  expect(loggedTypes.filter((type) => type !== 'processes' && !types.includes(type))).toEqual([]);
});
