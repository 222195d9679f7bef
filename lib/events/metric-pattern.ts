/** Whether `pattern` may stand for more than one metric. */
export function isPattern(pattern: string): boolean {
  return pattern.includes('*');
}

/** The text before the first `*`. */
export function literalStart(pattern: string): string {
  return pattern.split('*', 1)[0] ?? '';
}

/**
 * Whether `name` is what `pattern` means: each `*` stands for one character or more. Takes the nearest place for
 * each part, so that the time is linear in the name's length, whoever wrote the pattern.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at + 1);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length > at && name.endsWith(last);
}
