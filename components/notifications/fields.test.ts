import { expect, test } from 'vitest';
import { channelKindNames } from '@/lib/protocol/notifications';
import { readChannel } from '@/lib/server/notifications/channel-registry';
import { type Field, faultOf, fieldsOf, settingOf } from './fields';

const typed: Readonly<Record<string, string>> = {
  url: 'https://example.org/hook',
  topic: 'my-topic',
  token: '123456:ABC-DEF1234ghIkl',
  chatId: '-100123',
  host: 'smtp.example.org',
  from: 'a@example.org',
  to: 'b@example.org, c@example.org；d@example.org',
};

const textOf = (field: Field) => typed[field.name] ?? field.initial ?? '';

test.each(channelKindNames.filter((kind) => kind !== 'webpush'))(
  '%s: what the form sends is what the server takes, field by field',
  (kind) => {
    const fields = fieldsOf[kind];
    for (const field of fields)
      expect([field.name, faultOf(field, textOf(field), false)]).toEqual([field.name, null]);
    const settings = Object.fromEntries(
      fields.map((field) => [field.name, settingOf(field, textOf(field), false)]),
    );
    expect(readChannel({ kind, name: 'Mine', minSeverity: 'info', ...settings })).toMatchObject({ ok: true });
  },
);

test.each([
  ['webhook', 'url', '', 'required'],
  ['webhook', 'url', 'example.org', 'url'],
  ['webhook', 'secret', 'schlüssel', 'ascii'],
  ['ntfy', 'topic', 'two words', 'topic'],
  ['telegram', 'token', 'abc', 'token'],
  ['telegram', 'chatId', 'me', 'chat'],
  ['email', 'port', '70000', 'number'],
  ['email', 'port', '1.5', 'number'],
  ['email', 'from', 'me', 'email'],
  ['email', 'from', 'root@localhost', null],
  ['email', 'to', 'jörg@example.org, me@bücher.example', null],
  ['email', 'host', 'post.bücher.example', null],
  ['email', 'to', 'a@b.org, c', 'email'],
  ['email', 'to', ' , ', 'email'],
  ['email', 'host', 'http://x', 'host'],
] as const)('%s: %s on "%s" says %s', (kind, name, text, fault) => {
  const field = fieldsOf[kind].find((one) => one.name === name);
  expect(field && faultOf(field, text, false)).toBe(fault);
});

test('a secret that is kept may be left empty, and is not sent', () => {
  const [url] = fieldsOf.webhook;
  expect(url && [faultOf(url, '', true), settingOf(url, '', true)]).toEqual([null, undefined]);
});
