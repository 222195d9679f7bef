import { z } from 'zod';
import { settledWithin } from '@/lib/protocol/deadline';
import type { ChannelKindName, PublicChannel } from '@/lib/protocol/notifications';
import { badBody, parseBody, type Result } from '@/lib/protocol/result';
import type { AttemptContext, ChannelKind, CommonSettings, Delivery } from './channel-kind';
import { discord } from './channels/discord';
import { email } from './channels/email';
import { ntfy } from './channels/ntfy';
import { slack } from './channels/slack';
import { telegram } from './channels/telegram';
import { webhook } from './channels/webhook';
import { webpush } from './channels/webpush';
import { type Outcome, outcomeOfError } from './outcome';

/** A channel with its secrets, which do not leave this room. */
export interface Channel extends CommonSettings {
  readonly id: string;
  readonly [setting: string]: unknown;
}

type KindOf<K extends ChannelKindName> = Omit<ChannelKind<CommonSettings & { readonly kind: K }>, 'send'>;
const kinds = { webhook, ntfy, slack, discord, telegram, email, webpush } as const satisfies {
  readonly [K in ChannelKindName]: KindOf<K>;
};
const schemas = Object.values(kinds).map(({ schema }) => schema);
// That these are objects with a literal `kind` is not in the type of a kind.
const schema = z.discriminatedUnion('kind', schemas as never) as unknown as z.ZodType<CommonSettings>;

export const isChannelKind = (name: string): boolean => Object.hasOwn(kinds, name);

/** Each kind is only given settings of its own schema. */
function kindOf(name: string): ChannelKind {
  const kind = Object.hasOwn(kinds, name) ? kinds[name as keyof typeof kinds] : undefined;
  if (!kind) throw new Error(`there is no channel kind ${name}`);
  return kind as unknown as ChannelKind;
}

/** Reads the settings of a new channel. */
export function readChannel(body: unknown): Result<CommonSettings> {
  return parseBody(schema, body);
}

const mask = '••••••••';

function masked(value: unknown, use: string): unknown {
  if (typeof value !== 'string') return null;
  return use === 'address' && URL.canParse(value) ? `${new URL(value).origin}/…` : mask;
}

/** A channel without its secrets: in their place, whether there is one. */
export function publicChannel(channel: Channel): PublicChannel {
  const shown: Channel & Record<string, unknown> = { ...channel };
  for (const [field, use] of Object.entries(kindOf(channel.kind).secrets))
    shown[field] = masked(channel[field], use);
  return shown;
}

/** The server that something is sent to: its path may change without secrets reaching another one. */
const destinationOf = (value: unknown) =>
  typeof value === 'string' && /^https?:/.test(value) && URL.canParse(value) ? new URL(value).origin : value;

/**
 * Reads what is to replace `before`. Secrets that are left out, or come back as they were shown, stay. But secrets
 * that are sent to a server must be entered again when the server changes: otherwise anybody who may change a channel
 * could have its secrets sent to a server of their own.
 */
export function readReplacement(before: Channel, body: unknown): Result<CommonSettings> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return readChannel(body);
  const given: Record<string, unknown> = { kind: before.kind, ...body };
  delete given.id;
  delete given.status;
  if (given.kind !== before.kind)
    return badBody([{ path: 'kind', message: `stays ${before.kind}; add another channel` }]);
  const { secrets, destination } = kindOf(before.kind);
  const keptSecrets = new Set<string>();
  for (const [field, use] of Object.entries(secrets)) {
    const isUnchanged = given[field] === undefined || given[field] === masked(before[field], use);
    if (!isUnchanged) continue;
    given[field] = before[field];
    if (before[field] !== null && use === 'carried') keptSecrets.add(field);
  }
  const read = readChannel(given);
  if (!read.ok) return read;
  const settings = read.value as Channel;
  const addresses = Object.keys(secrets).filter((field) => secrets[field] === 'address');
  const changed = [...destination, ...addresses].find(
    (field) => destinationOf(settings[field]) !== destinationOf(before[field]),
  );
  if (changed === undefined || keptSecrets.size === 0) return read;
  const message = `is asked for again, since ${changed} has changed`;
  return badBody([...keptSecrets].map((path) => ({ path, message })));
}

export const alertsMaxOf = (channel: Channel) => kindOf(channel.kind).alertsMax;

/**
 * One attempt. Never rejects; its detail holds none of the channel's secrets. A kind ends by its own time limit; one
 * that does not, because a library never answers, is given up on after twice as long or when `context.signal` aborts.
 */
export async function deliver(
  channel: Channel,
  delivery: Delivery,
  context: AttemptContext,
): Promise<Outcome> {
  const sending = kindOf(channel.kind).send(channel, delivery, context).catch(outcomeOfError);
  if (!(await settledWithin(sending, 2 * context.timeoutMs, context.signal)))
    return { kind: 'retry', detail: 'no answer in time', isHung: true };
  const outcome = await sending;
  return { ...outcome, detail: withoutSecrets(channel, outcome.detail) };
}

/** A response may repeat parts of the request. */
function withoutSecrets(channel: Channel, text: string): string {
  let clean = text.replace(/[^\x20-\uffff]+/g, ' ');
  for (const field of Object.keys(kindOf(channel.kind).secrets)) {
    const secret = channel[field];
    if (typeof secret !== 'string') continue;
    const parts = URL.canParse(secret)
      ? [secret, `${new URL(secret).pathname}${new URL(secret).search}`]
      : [secret];
    for (const part of parts) {
      if (part.length < 2) continue;
      clean = clean.replaceAll(part, mask).replaceAll(encodeURIComponent(part), mask);
    }
  }
  return clean;
}
