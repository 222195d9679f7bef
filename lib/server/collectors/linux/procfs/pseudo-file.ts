import { closeSync, constants, openSync, readSync, statfsSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** A file of the kernel's, read whole and often. */
export interface PseudoFile {
  /** The current content, as Latin-1. Throws an `Error` that names the path, and why. */
  read(): string;
  close(): void;
}

const defaultFirstBytes = 8 * 1024;
/** `/proc/stat` of 4096 CPUs and as many interrupts stays below 1 MiB. */
export const pseudoFileMaxBytes = 4 * 1024 * 1024;

/** `PROC_SUPER_MAGIC` and `SYSFS_MAGIC` of linux/magic.h. */
const renderedPerRead: readonly number[] = [0x9fa0, 0x62656572];
/** Non-blocking, lest a FIFO in a foreign tree hold the process at `open`. */
const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * Reads are synchronous: procfs answers from memory, in 6 µs a file, where a thread of the pool costs 32 µs.
 * Only procfs and sysfs are kept open. Another file system's file (a fixture, lxcfs) may be replaced under its name.
 */
export function openPseudoFile(path: string, firstBytes = defaultFirstBytes): PseudoFile {
  let kept: number | null = null;
  let buffer = Buffer.allocUnsafe(firstBytes);

  // To the end: of a list, such as net/dev or mountinfo, the kernel hands out a page at a time. What follows on the
  // read before it is of the same rendering.
  function readWhole(fd: number): string {
    for (let filled = 0; ; ) {
      const length = readSync(fd, buffer, filled, buffer.length - filled, filled);
      if (length === 0) return buffer.toString('latin1', 0, filled);
      filled += length;
      if (filled === buffer.length) grow();
    }
  }

  function grow(): void {
    const full = buffer;
    const isTooLarge = full.length >= pseudoFileMaxBytes;
    buffer = Buffer.allocUnsafe(isTooLarge ? firstBytes : Math.min(full.length * 4, pseudoFileMaxBytes));
    if (isTooLarge) throw new Error(`larger than ${pseudoFileMaxBytes} bytes`);
    full.copy(buffer);
  }

  function readAnew(): string {
    const fd = openSync(path, readOnly);
    let keep = false;
    try {
      const text = readWhole(fd);
      keep = renderedPerRead.includes(statfsSync(path).type);
      return text;
    } finally {
      if (keep) kept = fd;
      else closeSync(fd);
    }
  }

  function close(): void {
    if (kept !== null) closeSync(kept);
    kept = null;
  }

  return {
    close,
    read() {
      try {
        if (kept !== null) return readWhole(kept);
      } catch {
        close();
      }
      try {
        return readAnew();
      } catch (cause) {
        throw new Error(`${path} cannot be read: ${reasonOf(cause)}`, { cause });
      }
    },
  };
}

/** A small file that is read rarely, as Latin-1; `null` when it cannot be read. */
export function readOnce(path: string): string | null {
  const file = openPseudoFile(path);
  try {
    return file.read();
  } catch {
    return null;
  } finally {
    file.close();
  }
}

const briefBuffer = Buffer.allocUnsafe(4096);

/** The first 4 KiB of a file that is read occasionally, as Latin-1; `null` when it cannot be read. */
export function readBrief(path: string): string | null {
  let fd: number | null = null;
  try {
    fd = openSync(path, readOnly);
    return briefBuffer.toString('latin1', 0, readSync(fd, briefBuffer, 0, briefBuffer.length, 0));
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** The beginning of a file as Latin-1, off the main thread; `null` when it cannot be read. For what is read rarely. */
export async function readHead(path: string, maxBytes = 64 * 1024): Promise<string | null> {
  const file = await open(path, readOnly).catch(() => null);
  try {
    const head = await file?.read(Buffer.alloc(maxBytes), 0, maxBytes, 0);
    return head?.buffer.toString('latin1', 0, head.bytesRead) ?? null;
  } catch {
    return null;
  } finally {
    await file?.close();
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
