import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { locales } from '@/lib/i18n/locales';
import { timestampText } from './timestamp';

test.each(locales)('a minute past midnight is 00:01 in %s, and never 24:01', (locale) => {
  const midnight = new Date(2026, 10, 28, 0, 1, 5).getTime();
  expect(timestampText(midnight, locale)).toMatch(/(^|\s)00:01:05$/);
  expect(timestampText(midnight, locale, false)).toMatch(/(^|\s)00:01$/);
});

/** `hour12: false` is 24:01 in English, and a time without either is 12:01 AM. */
test('every time of day is formatted with hours from 0 to 23', () => {
  const folders = ['app', 'components', 'lib'];
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /(?<!\.test)\.tsx?$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  expect(files.length).toBeGreaterThan(300);
  const asked = files.flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    const isAsked = /hour12|timeStyle|toLocaleTimeString/.test(source);
    return isAsked
      ? [{ file, isOf24: !source.includes('hour12') && source.includes("hourCycle: 'h23'") }]
      : [];
  });
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.filter(({ isOf24 }) => !isOf24)).toEqual([]);
});
