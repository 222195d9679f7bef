import { formatEventId, parseEventId } from '@/lib/protocol/event-id';

/** Where a replay is, as it travels in `id:` and `Last-Event-ID`. */
export type Place =
  /** Behind an event of the log: `<log>-<seq>`, as in the live feed. */
  | { readonly kind: 'logged'; readonly seq: number }
  /** Behind part `part` of the step that begins at `t` (Unix ms), rebuilt from history: `<log>~<t>.<part>`. */
  | { readonly kind: 'rebuilt'; readonly t: number; readonly part: number }
  /** All was told: `<log>~end`. */
  | { readonly kind: 'end' };

const pattern = /^([a-z0-9]{1,32})~(?:(end)|(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,2}))$/;

export function formatPlace(log: string, place: Place): string {
  if (place.kind === 'logged') return formatEventId(log, place.seq);
  return place.kind === 'end' ? `${log}~end` : `${log}~${place.t}.${place.part}`;
}

/** `null` for what is not a place in this log. */
export function parsePlace(log: string, text: string): Place | null {
  const logged = parseEventId(text);
  if (logged) return logged.log === log ? { kind: 'logged', seq: logged.seq } : null;
  const [, named, end, t, part] = pattern.exec(text) ?? [];
  if (named !== log) return null;
  return end ? { kind: 'end' } : { kind: 'rebuilt', t: Number(t), part: Number(part) };
}
