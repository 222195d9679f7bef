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
 * each part, so that the time is linear in the name's length for any pattern.
 */
export function matchesPattern(pattern: string, name: string): boolean {
  return matchesParts(pattern.split('*'), name);
}

/** The same for a pattern that was split at each `*` before. */
export function matchesParts(parts: readonly string[], name: string): boolean {
  const [first = '', last] = [parts[0], parts.length > 1 ? parts.at(-1) : undefined];
  if (last === undefined) return first === name;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (let index = 1; index < parts.length - 1; index += 1) {
    const part = parts[index] ?? '';
    const found = name.indexOf(part, at + 1);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length > at && name.endsWith(last);
}
