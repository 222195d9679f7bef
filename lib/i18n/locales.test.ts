import { expect, test } from 'vitest';
import { negotiateLocale } from './locales';

test.each([
  [null, 'en'],
  ['', 'en'],
  ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
  ['zh-Hant-TW', 'zh'],
  ['en-GB,en;q=0.9,zh;q=0.8', 'en'],
  ['de,zh;q=0.5,en;q=0.4', 'zh'],
  ['fr, de', 'en'],
  ['zh;q=0, en;q=0.1', 'en'],
  ['zh;q=nonsense, en;q=0.1', 'en'],
  ['*', 'en'],
])('%j is %s', (header, locale) => {
  expect(negotiateLocale(header)).toBe(locale);
});
