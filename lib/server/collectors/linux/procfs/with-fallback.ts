import { readdirSync } from 'node:fs';

/** The most rows: each device of a list made from sysfs is read from files of its own. */
const namesMax = 256;

/** The entries of a folder of sysfs, in their order; none where there is no such folder. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort().slice(0, namesMax);
  } catch {
    return [];
  }
}

/**
 * Reads a list of procfs, or what `instead` makes up for a kernel that has no such list. Once the list has been there, its
 * absence is a fault. Throws as `read` does when there is neither.
 */
export function withFallback(read: () => string, instead: () => string | null): () => string {
  let wasThere = false;
  return () => {
    try {
      const text = read();
      wasThere = true;
      return text;
    } catch (error) {
      const text = wasThere ? null : instead();
      if (text === null) throw error;
      return text;
    }
  };
}
