import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set();
// Also after an error or Ctrl-C; a server that still runs may put a file back, hence the retries.
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** A folder that is gone when this process is. */
export function scratchFolder(parent = tmpdir()) {
  const folder = mkdtempSync(join(parent, 'hostbeat-bench-'));
  folders.add(folder);
  return folder;
}
