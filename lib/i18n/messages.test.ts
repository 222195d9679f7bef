import { createTranslator } from 'next-intl';
import { expect, test } from 'vitest';
import { messages } from './messages';

/** Every text by its dotted key. */
function texts(tree: object, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string'
      ? [[prefix + key, value] as [string, string]]
      : texts(Object(value), `${prefix}${key}.`),
  );
}

/** The names of the values and tags that a text takes. */
const takes = (text: string) =>
  new Set([...text.matchAll(/\{(\w+)|<(\w+)>/g)].map(([, value, tag]) => value ?? tag));

test('both languages have the same keys, none empty', () => {
  const keys = (language: object) => texts(language).map(([key]) => key);
  expect(keys(messages.zh)).toEqual(keys(messages.en));
  for (const language of Object.values(messages)) {
    expect(texts(language).filter(([, text]) => text.trim() === '')).toEqual([]);
  }
});

test('a translation uses no value or tag that the English text does not have', () => {
  const english = new Map(texts(messages.en));
  for (const [key, text] of texts(messages.zh)) {
    const known = takes(english.get(key) ?? '');
    const foreign = [...takes(text)].filter(
      (name) => !known.has(name) && !/^(none|other|one)$/.test(name ?? ''),
    );
    expect([key, foreign.filter((name) => !/[一-鿿]/.test(name ?? ''))]).toEqual([key, []]);
  }
});

test('a translation drops no value or tag of the English text', () => {
  const chinese = new Map(texts(messages.zh));
  // ICU words, and what stands inside a plural form in English alone.
  const grammar = new Set(['none', 'other', 'one', 'now']);
  for (const [key, text] of texts(messages.en)) {
    const kept = takes(chinese.get(key) ?? '');
    expect([key, [...takes(text)].filter((name) => !kept.has(name) && !grammar.has(name ?? ''))]).toEqual([
      key,
      [],
    ]);
  }
});

test('a text with values reads as it should in both languages', () => {
  const say = (locale: 'en' | 'zh') =>
    createTranslator({ locale, messages: messages[locale], namespace: 'chart' })('axis', {
      seconds: 60,
      minutes: 1,
    });
  expect(say('en')).toBe('−1 m');
  expect(say('zh')).toBe('−1 分');
});
