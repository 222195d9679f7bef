import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fixturePath, fixtureText, type Machine } from './fixture';
import { layOut } from './fixture-tree';

const parts = ['proc', 'sys', 'rootfs'] as const;

/**
 * A copy of a made-up machine that the test may change. Each part is a folder of files, or a `.tree` that is laid
 * out, or both. `passSecond` brings its second moment: `later` over `proc`, and each part's `-later.tree`.
 */
export function layOutMachine(machine: Machine, folder: string) {
  const lay = (tree: string, to: string) => {
    if (existsSync(fixturePath(machine, tree))) layOut(fixtureText(machine, tree, 'utf8'), to);
  };
  for (const part of parts) {
    mkdirSync(join(folder, part), { recursive: true });
    const files = fixturePath(machine, part);
    if (existsSync(files)) cpSync(files, join(folder, part), { recursive: true });
    lay(`${part}.tree`, join(folder, part));
  }
  return {
    procPath: join(folder, 'proc'),
    sysPath: join(folder, 'sys'),
    rootfsPath: join(folder, 'rootfs'),
    passSecond() {
      const later = fixturePath(machine, 'later');
      if (existsSync(later)) cpSync(later, join(folder, 'proc'), { recursive: true });
      for (const part of parts) lay(`${part}-later.tree`, join(folder, part));
    },
  };
}
