/**
 * A query by name. What is there more than once is joined by commas, as in a header: a name that takes one value refuses
 * it, instead of taking one of them.
 */
export function queryByName(query: URLSearchParams): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before},${value}`);
  }
  return Object.fromEntries(values);
}
