/** Called with one line about the database at `path`. */
type Report = (line: string, path: string) => void;

/** Prints each line once, though several databases may report it at the same time: they share a folder and a disk. */
export function reportOnce(print: (line: string) => void): Report {
  const current = new Map<string, string>();
  return (line, path) => {
    const isKnown = [...current.values()].includes(line);
    current.set(path, line);
    if (!isKnown) print(line);
  };
}
