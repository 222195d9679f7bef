import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayUseOwnLimit, newRuleSchema } from '@/lib/protocol/alerting';
import { comparisons, severities } from '@/lib/protocol/payloads';
import { draftOf, errorsOf, forUnits, newDraft, type RuleDraft, ruleOf } from './rule-draft';

const number = fc.oneof(
  fc.constantFrom('', ' ', '0', '1', '4', '90', '720', '721', '-1', '0.5', '1e3', 'x', '1,5'),
  fc.integer({ min: -1000, max: 1000 }).map(String),
);
const draft: fc.Arbitrary<RuleDraft> = fc.record({
  name: fc.oneof(fc.constantFrom('', ' ', 'Hot', 'x'.repeat(256), 'x'.repeat(257)), fc.string()),
  metric: fc.oneof(
    fc.constantFrom(
      '',
      'cpu.totalPercent',
      'sensor.a.temperature',
      'sensor.*.temperature',
      'sensor.a.value',
      '*****',
      '****',
      'm'.repeat(257),
    ),
    fc.string(),
  ),
  comparison: fc.constantFrom(...comparisons),
  threshold: number,
  isOwnLimit: fc.boolean(),
  clearThreshold: number,
  forAmount: fc.oneof(number, fc.constantFrom('2592000', '2592001', '43200', '0.1')),
  forUnit: fc.constantFrom(...(Object.keys(forUnits) as (keyof typeof forUnits)[])),
  severity: fc.constantFrom(...severities),
  enabled: fc.boolean(),
});

test('a draft is without errors exactly when the server takes its rule', () => {
  let taken = 0;
  fc.assert(
    fc.property(draft, (one) => {
      const errors = errorsOf(one);
      const isFine = Object.keys(errors).length === 0;
      const { threshold, forSeconds } = errors;
      // Text that is no number, a fraction of a second and a missing threshold are errors of the form alone.
      const isOfForm =
        Object.values(errors).includes('number') ||
        (threshold === 'needed' && mayUseOwnLimit(one)) ||
        (forSeconds === 'whole' && !Number.isInteger(Number(one.forAmount) * forUnits[one.forUnit]));
      const answer = newRuleSchema.safeParse(ruleOf(one));
      if (isFine) taken += 1;
      if (!isOfForm) expect([one, answer.success]).toEqual([one, isFine]);
    }),
    { numRuns: 3_000 },
  );
  expect(taken).toBeGreaterThan(30);
});

test('a rule that is opened and saved is the same', () => {
  fc.assert(
    fc.property(draft, (one) => {
      fc.pre(Object.keys(errorsOf(one)).length === 0);
      const rule = {
        ...ruleOf(one),
        id: 'r',
        enabled: one.enabled,
        threshold: ruleOf(one).threshold ?? null,
      };
      expect({ ...ruleOf(draftOf(rule)), id: 'r' }).toEqual(rule);
    }),
    { numRuns: 1_000 },
  );
});

test('an error is given for the field at fault', () => {
  const fine: RuleDraft = { ...newDraft, name: 'Hot', metric: 'cpu.totalPercent', threshold: '90' };
  expect(errorsOf(fine)).toEqual({});
  expect(errorsOf({ ...fine, clearThreshold: '95' })).toEqual({ clearThreshold: 'clearAbove' });
  expect(errorsOf({ ...fine, comparison: 'below', clearThreshold: '80' })).toEqual({
    clearThreshold: 'clearBelow',
  });
  expect(errorsOf({ ...fine, metric: 'cpu.load1', comparison: 'fullWithinHours', threshold: '4' })).toEqual({
    metric: 'percent',
  });
  expect(errorsOf({ ...fine, comparison: 'absent', threshold: '', forAmount: '0' })).toEqual({
    forSeconds: 'atLeastOne',
  });
  expect(errorsOf({ ...fine, isOwnLimit: true })).toEqual({ threshold: 'ownLimit' });
});
