import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A lock of another program on a database: `write` keeps others from writing, `read` from opening it exclusively. */
export type HeldLock = 'write' | 'read';

const statements: Readonly<Record<HeldLock, string>> = {
  write: 'BEGIN EXCLUSIVE',
  read: 'BEGIN; SELECT count(*) FROM sqlite_schema',
};

const program = `
  const db = new (require('libsql'))(process.argv[1]);
  db.exec(process.argv[2]);
  process.stdin.resume().on('end', () => process.exit());
  console.log('held');
`;

/** Another process that holds a lock until `release`: SQLite's locks do not keep a process from itself. */
export async function holdLock(path: string, lock: HeldLock): Promise<{ release(): Promise<void> }> {
  const child = spawn(process.execPath, ['-e', program, path, statements[lock]], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('the lock cannot be had'))),
  ]);
  return {
    async release() {
      child.stdin.end();
      await ended;
    },
  };
}
