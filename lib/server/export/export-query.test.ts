import { expect, test } from 'vitest';
import { type ExportContext, parseExportQuery } from './export-query';

const now = 1_795_392_000_000;
const minute = 60_000;
const context: ExportContext = { now, chosen: null, acceptLanguage: 'zh-CN,zh;q=0.9' };

const parse = (query: string, given: Partial<ExportContext> = {}) =>
  parseExportQuery(new URLSearchParams(query), { ...context, ...given });

const asked = (query: string, given: Partial<ExportContext> = {}) => {
  const result = parse(query, given);
  return result.ok ? [(result.value.from - now) / minute, (result.value.to - now) / minute] : result.problem;
};

test('the default range is the last quarter of an hour, and `to` is now at the latest', () => {
  expect(asked('')).toEqual([-15, 0]);
  expect(asked(`to=${now - 60 * minute}`)).toEqual([-75, -60]);
  expect(asked(`from=${now - 5 * minute}&to=${now + minute}`)).toEqual([-5, 0]);
  expect(asked(`from=${now - 1_440 * minute}`)).toEqual([-1_440, 0]);
});

test.each([
  ['from=yesterday', 'from', /Unix milliseconds/],
  ['to=-5', 'to', /Unix milliseconds/],
  [`from=${now + 1}`, 'from', /future/],
  [`from=${now}&to=${now}`, 'from', /before to/],
  [`from=${now - 1}&to=${now - 2}`, 'from', /before to/],
  ['from=0', 'from', /anything that can have been measured/],
  [`from=${now - 1_440 * minute - 1}`, 'from', /24 hours/],
  ['lang=fr', 'lang', /en or zh/],
])('%s is refused with what the parameter takes', (query, path, message) => {
  expect(asked(query)).toMatchObject({
    code: 'bad-query',
    errors: [{ path, message: expect.stringMatching(message) }],
  });
});

test('the language is that of the query, the chosen one or that of the browser', () => {
  const langOf = (query: string, given: Partial<ExportContext> = {}) => {
    const result = parse(query, given);
    return result.ok ? result.value.lang : null;
  };
  expect(langOf('')).toBe('zh');
  expect(langOf('', { chosen: 'en' })).toBe('en');
  expect(langOf('lang=zh', { chosen: 'en' })).toBe('zh');
});
