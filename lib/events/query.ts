/**
 * A query by name. What is there more than once is joined by commas, as in a header: a name that takes one value refuses
 * it, instead of taking one of them.
 */
export function queryByName(query: URLSearchParams): Record<string, string> {
  return Object.fromEntries([...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]));
}
