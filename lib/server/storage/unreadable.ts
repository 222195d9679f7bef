/** A row whose content is damaged in a sound database. The others are read as if it were not there. */
export class UnreadableError extends Error {
  readonly code = 'unreadable';
}

/** What `decode` returns. Any error becomes an `UnreadableError`: a damaged blob may cause any error. */
export function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new UnreadableError('it cannot be decoded', { cause });
  }
}

/** Decodes each row and leaves out those that cannot be decoded; `onUnreadable` is called with each of these. */
export function readableRows<Row, T>(
  rows: readonly Row[],
  decode: (row: Row) => T,
  onUnreadable: (row: Row) => void,
): T[] {
  return rows.flatMap((row) => {
    try {
      return [decode(row)];
    } catch {
      onUnreadable(row);
      return [];
    }
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of a column that was read as `CAST(… AS BLOB)`. Throws `UnreadableError` for what is no UTF-8: read as text,
 * that would end the process, since libsql panics.
 */
export function textOf(bytes: ArrayBuffer): string {
  return decoded(() => utf8.decode(bytes));
}

/** A JSON object with these fields, from a column that was read as a blob. Throws `UnreadableError` for anything else. */
export function recordOf<T>(json: ArrayBuffer, fields: readonly (keyof T & string)[]): T {
  const text = textOf(json);
  const value: unknown = decoded(() => JSON.parse(text));
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  const missing = isRecord ? fields.find((field) => !Object.hasOwn(value, field)) : 'everything';
  if (missing !== undefined) throw new UnreadableError(`it lacks ${missing}`);
  return value as T;
}
