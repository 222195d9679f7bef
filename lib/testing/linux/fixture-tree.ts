import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Lays out a tree of small files that is written as one text, as sysfs is hundreds of them. A line at the margin
 * names a folder, or a link as `name -> target`; the indented lines below a folder are its files, `name: content`.
 * `name!` removes what an earlier state had. A content ends in a newline, unless it has escapes (`\0`, `\n`,
 * `\xff`, `\e` for nothing): then it is as written.
 */
export function layOut(tree: string, root: string): void {
  let folder = root;
  for (const line of tree.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const isFile = line.startsWith(' ');
    if (line.endsWith('!')) {
      rmSync(join(isFile ? folder : root, line.trim().slice(0, -1)), { recursive: true });
    } else if (isFile) {
      const [, name = '', content = ''] = /^ +(.+?): ?(.*)$/.exec(line) ?? [];
      writeFileSync(join(folder, name), contentOf(content));
    } else if (line.includes(' -> ')) {
      const [name = '', target = ''] = line.split(' -> ');
      mkdirSync(dirname(join(root, name)), { recursive: true });
      symlinkSync(target, join(root, name));
    } else {
      folder = join(root, line);
      mkdirSync(folder, { recursive: true });
    }
  }
}

function contentOf(text: string): Buffer {
  if (!text.includes('\\')) return Buffer.from(`${text}\n`);
  const bytes = text.replaceAll(/\\(x[0-9a-f]{2}|[0nte\\])/g, (_, code: string) => {
    return escapes[code] ?? String.fromCharCode(Number.parseInt(code.slice(1), 16));
  });
  return Buffer.from(bytes, 'latin1');
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', e: '', '0': '\0', '\\': '\\' };
