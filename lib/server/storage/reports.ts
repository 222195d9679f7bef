/** One line of the five databases, and which of them says it. */
type Report = (line: string, path: string) => void;

/** Passes each line on once, though several databases may say it at the same time: they share a folder and a disk. */
export function reportOnce(print: (line: string) => void): Report {
  const current = new Map<string, string>();
  return (line, path) => {
    const isKnown = [...current.values()].includes(line);
    current.set(path, line);
    if (!isKnown) print(line);
  };
}
