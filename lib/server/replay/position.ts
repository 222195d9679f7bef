import { formatEventId, parseEventId } from '@/lib/protocol/event-id';

/** A replay's position, as it travels in `id:` and `Last-Event-ID`. */
export type ReplayPosition =
  /** After an event of the log: `<log>-<seq>`, as in the live feed. */
  | { readonly kind: 'logged'; readonly seq: number }
  /** After part `part` of the step that begins at `t` (Unix ms), rebuilt from history: `<log>~<t>.<part>`. */
  | { readonly kind: 'rebuilt'; readonly t: number; readonly part: number }
  /** After everything: `<log>~end`. */
  | { readonly kind: 'end' };

const pattern = /^([a-z0-9]{1,32})~(?:(end)|(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,2}))$/;

export function formatPosition(log: string, position: ReplayPosition): string {
  if (position.kind === 'logged') return formatEventId(log, position.seq);
  return position.kind === 'end' ? `${log}~end` : `${log}~${position.t}.${position.part}`;
}

/** `null` for text that is no position in this log. */
export function parsePosition(log: string, text: string): ReplayPosition | null {
  const logged = parseEventId(text);
  if (logged) return logged.log === log ? { kind: 'logged', seq: logged.seq } : null;
  const [, named, end, t, part] = pattern.exec(text) ?? [];
  if (named !== log) return null;
  return end ? { kind: 'end' } : { kind: 'rebuilt', t: Number(t), part: Number(part) };
}
