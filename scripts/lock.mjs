import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

const touchEveryMs = 2_000;
const abandonedAfterMs = 30_000;
const pollMs = 250;

/**
 * Runs `work` while no other process runs work under the same lock file. One that ended without removing
 * its file, or no longer touches it, does not count. `onWait` is told the other's process id, once.
 */
export async function withLock(file, onWait, work) {
  mkdirSync(path.dirname(file), { recursive: true });
  for (let waited = false; !take(file); waited = true) {
    const owner = ownerOf(file);
    if (owner === undefined) continue;
    if (isAbandoned(file, owner)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!waited) onWait(owner);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const touching = setInterval(() => touch(file), touchEveryMs);
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    process.removeListener('exit', release);
    release();
  }
}

function take(file) {
  try {
    const descriptor = openSync(file, 'wx');
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The process id in the file; `undefined` once the file is gone, 0 while it is still being written. */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function isAbandoned(file, owner) {
  try {
    // A process id may belong to another program by now, as it does after a container's restart.
    if (Date.now() - statSync(file).mtimeMs > abandonedAfterMs) return true;
    if (owner === process.pid) return true;
    return owner > 0 && !isRunning(owner);
  } catch {
    return false;
  }
}

export function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}

function touch(file) {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Someone removed it; the work goes on.
  }
}
