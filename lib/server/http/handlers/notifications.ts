import type { AttemptResult, DeadLetter, ShownChannel } from '@/lib/protocol/notifications';
import { badBody, ok, type Result, refuse } from '@/lib/protocol/result';
import type { CommonSettings } from '@/lib/server/notifications/channel-kind';
import { readChannel, readReplacement } from '@/lib/server/notifications/channel-registry';
import type { HttpContext } from '../context';
import { readJson } from '../request-body';

type WithNotify = Pick<HttpContext, 'notify'>;

/** Each has a cursor of its own. */
const channelsMax = 50;
const retryAfterSeconds = 5;

const notFound = (what: string, id: string) =>
  refuse({ code: 'not-found', detail: `There is no ${what} ${id.slice(0, 64)}` });

const unavailable = ({ notify }: WithNotify) =>
  refuse({ code: 'log-unavailable', detail: notify.problem ?? 'nothing can be written', retryAfterSeconds });

async function settingsOf(
  request: Request,
  read: (json: unknown) => Result<CommonSettings>,
): Promise<Result<CommonSettings>> {
  const body = await readJson(request);
  return body.ok ? read(body.value) : body;
}

export async function createChannel(context: WithNotify, request: Request): Promise<Result<ShownChannel>> {
  const { notify } = context;
  const asked = await settingsOf(request, readChannel);
  if (!asked.ok) return asked;
  if (notify.channels().length >= channelsMax)
    return badBody([
      { path: '', message: `There are ${channelsMax} channels already, and that is the limit` },
    ]);
  const added = notify.add(asked.value);
  return added ? ok(added) : unavailable(context);
}

export function channelById({ notify }: WithNotify, id: string): Result<ShownChannel> {
  const channel = notify.channels().find((one) => one.id === id);
  return channel ? ok(channel) : notFound('channel', id);
}

export async function replaceChannel(
  context: WithNotify,
  id: string,
  request: Request,
): Promise<Result<ShownChannel>> {
  const { notify } = context;
  const asked = await settingsOf(request, (json) => {
    const before = notify.channel(id);
    return before ? readReplacement(before, json) : readChannel(json);
  });
  if (!notify.channel(id)) return notFound('channel', id);
  if (!asked.ok) return asked;
  const replaced = notify.replace(id, asked.value);
  return replaced ? ok(replaced) : unavailable(context);
}

export function deleteChannel(context: WithNotify, id: string): Result<null> {
  if (!context.notify.channel(id)) return notFound('channel', id);
  return context.notify.remove(id) ? ok(null) : unavailable(context);
}

export function pushKey(context: WithNotify): Result<{ readonly publicKey: string }> {
  const publicKey = context.notify.pushKey();
  return publicKey === null ? unavailable(context) : ok({ publicKey });
}

/** Sends a made-up alert once, and returns the outcome. */
export async function testChannel(
  { notify, hostName }: Pick<HttpContext, 'notify' | 'hostName'>,
  id: string,
): Promise<Result<AttemptResult>> {
  const result = await notify.test(id, hostName);
  return result ? ok(result) : notFound('channel', id);
}

export const deadLetters = ({ notify }: WithNotify): Result<readonly DeadLetter[]> => ok(notify.dead());

export async function retryLetter({ notify }: WithNotify, id: string): Promise<Result<AttemptResult>> {
  const result = await notify.retry(id);
  return result ? ok(result) : notFound('dead letter', id);
}

export function discardLetter(context: WithNotify, id: string): Result<null> {
  const result = context.notify.discard(id);
  if (result === 'not-kept') return unavailable(context);
  return result === 'discarded' ? ok(null) : notFound('dead letter', id);
}
