import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];
const folders = 'app|bench|components|docs|e2e|lib|public|scripts';

/** Paths in code spans from the project's root, and links relative to the page. */
function cited(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const spans = [...text.matchAll(new RegExp(`\`((?:${folders})/[\\w./[\\]-]*)\``, 'g'))].map(
    ([, path = '']) => path,
  );
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, path = '']) =>
    join(dirname(page), path),
  );
  return [...spans, ...links];
}

test('there are pages, and they cite paths', () => {
  expect(pages.length).toBeGreaterThan(4);
  expect(pages.flatMap(cited).length).toBeGreaterThan(20);
});

test.each(pages)('every path that %s cites exists', (page) => {
  expect(cited(page).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
