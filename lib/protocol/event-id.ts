/** A position in a log, as it travels in `id:` and `Last-Event-ID`: `<log>-<seq>`. */
export interface EventId {
  readonly log: string;
  readonly seq: number;
}

const pattern = /^([a-z0-9]{1,32})-(0|[1-9]\d{0,15})$/;

export function formatEventId(log: string, seq: number): string {
  return `${log}-${seq}`;
}

/** `null` for text that is not an event id. */
export function parseEventId(text: string): EventId | null {
  const match = pattern.exec(text);
  if (!match?.[1] || !match[2]) return null;
  const seq = Number(match[2]);
  return Number.isSafeInteger(seq) ? { log: match[1], seq } : null;
}
