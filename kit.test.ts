import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const files = execFileSync('git', ['ls-files', 'app', 'components'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file.endsWith('.tsx') && !file.startsWith('components/ui/'));

const filesWith = (pattern: RegExp) => files.filter((file) => pattern.test(readFileSync(file, 'utf8')));

/** What is pressed, typed into or chosen from has one look, one height and one focus ring: the kit's. */
test.each(['button', 'dialog', 'input', 'select', 'table', 'textarea'])(
  'only components/ui draws a <%s>',
  (element) => {
    expect(files.length).toBeGreaterThan(100);
    expect(filesWith(new RegExp(`<${element}\\b`))).toEqual([]);
  },
);

test('only components/ui knows the headless library', () => {
  expect(filesWith(/@base-ui\/react/)).toEqual([]);
});
