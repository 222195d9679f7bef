import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pathName, shownName } from './kernel-text';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');

it('a name is shown as UTF-8, with what cannot be shown replaced', () => {
  expect(shownName('eth0')).toBe('eth0');
  expect(shownName(latin1('wän✓'))).toBe('wän✓');
  expect(shownName('a\x1b[31mb\n')).toBe('a\ufffd[31mb\ufffd');
  expect(shownName(latin1('usb\u202egnp'))).toBe('usb\ufffdgnp');
  expect(shownName('\xff\xfe')).toBe('\ufffd\ufffd');
  expect(shownName('x'.repeat(300))).toBe(`${'x'.repeat(254)}…`);
});

it('whatever the bytes, a shown name is one short line', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const name = shownName(Buffer.from(bytes).toString('latin1'));
      expect(name.length).toBeLessThanOrEqual(255);
      expect(name).not.toMatch(/\p{Cc}/u);
      expect(name.isWellFormed()).toBe(true);
    }),
  );
});

it('a name leads back to its bytes, or is no path', () => {
  expect(pathName(latin1('wän'))).toBe('wän');
  expect(pathName('\xff')).toBeNull();
  expect(pathName('a\0b')).toBeNull();
});
