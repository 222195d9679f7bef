import type { AttemptResult, DeadLetter, ShownChannel } from '@/lib/protocol/notifications';
import { type Problem, type ProblemError, problemResponse } from '@/lib/protocol/problem';
import { type ReadChannel, readChannel, readReplacement } from '@/lib/server/notifications/channel';
import type { Runtime } from '@/lib/server/runtime';
import { uncached } from '../cache-control';
import { readJson } from '../request-body';

type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };
type WithNotify = Pick<Runtime, 'notify'>;

/** Each has a cursor of its own. */
const channelsMax = 50;
const retryAfterSeconds = 5;

const done = <T>(value: T): Answer<T> => ({ ok: true, value });
const refuse = (problem: Problem): Answer<never> => ({ ok: false, problem });

const notFound = (what: string, id: string) =>
  refuse({ code: 'not-found', detail: `There is no ${what} ${id.slice(0, 64)}` });

const unavailable = ({ notify }: WithNotify) =>
  refuse({ code: 'log-unavailable', detail: notify.problem ?? 'nothing can be written', retryAfterSeconds });

function badBody(errors: readonly ProblemError[]): Answer<never> {
  const detail = errors
    .map(({ path, message }) => `${path === '' ? 'the body' : path}: ${message}`)
    .join('; ');
  return refuse({ code: 'bad-body', detail: detail.slice(0, 2000), errors });
}

async function settingsOf(request: Request, read: (json: unknown) => ReadChannel) {
  const body = await readJson(request);
  if (!body.ok) return body;
  const asked = read(body.json);
  return asked.ok ? done(asked.settings) : badBody(asked.errors);
}

export async function createChannel(runtime: WithNotify, request: Request): Promise<Answer<ShownChannel>> {
  const { notify } = runtime;
  const asked = await settingsOf(request, readChannel);
  if (!asked.ok) return asked;
  if (notify.channels().length >= channelsMax)
    return badBody([
      { path: '', message: `There are ${channelsMax} channels already, and that is the limit` },
    ]);
  const added = notify.add(asked.value);
  return added ? done(added) : unavailable(runtime);
}

export function channelById({ notify }: WithNotify, id: string): Answer<ShownChannel> {
  const channel = notify.channels().find((one) => one.id === id);
  return channel ? done(channel) : notFound('channel', id);
}

export async function replaceChannel(
  runtime: WithNotify,
  id: string,
  request: Request,
): Promise<Answer<ShownChannel>> {
  const { notify } = runtime;
  const asked = await settingsOf(request, (json) => {
    const before = notify.channel(id);
    return before ? readReplacement(before, json) : readChannel(json);
  });
  if (!notify.channel(id)) return notFound('channel', id);
  if (!asked.ok) return asked;
  const replaced = notify.replace(id, asked.value);
  return replaced ? done(replaced) : unavailable(runtime);
}

export function deleteChannel(runtime: WithNotify, id: string): Answer<null> {
  if (!runtime.notify.channel(id)) return notFound('channel', id);
  return runtime.notify.remove(id) ? done(null) : unavailable(runtime);
}

export function pushKey(runtime: WithNotify): Answer<{ readonly publicKey: string }> {
  const publicKey = runtime.notify.pushKey();
  return publicKey === null ? unavailable(runtime) : done({ publicKey });
}

/** Sends a made-up alert once, and says what happened. */
export async function testChannel(
  { notify, hostName }: Pick<Runtime, 'notify' | 'hostName'>,
  id: string,
): Promise<Answer<AttemptResult>> {
  const result = await notify.test(id, hostName);
  return result ? done(result) : notFound('channel', id);
}

export const deadLetters = ({ notify }: WithNotify): Answer<readonly DeadLetter[]> => done(notify.dead());

export async function retryLetter({ notify }: WithNotify, id: string): Promise<Answer<AttemptResult>> {
  const result = await notify.retry(id);
  return result ? done(result) : notFound('dead letter', id);
}

export function discardLetter(runtime: WithNotify, id: string): Answer<null> {
  const result = runtime.notify.discard(id);
  if (result === 'not-kept') return unavailable(runtime);
  return result === 'discarded' ? done(null) : notFound('dead letter', id);
}

/** The value as JSON; nothing (204) for `null`; the problem where there is one. */
export function respond(answer: Answer<object | null>, status = 200): Response {
  if (!answer.ok) return problemResponse(answer.problem);
  if (answer.value === null) return new Response(null, { status: 204, headers: uncached });
  return Response.json(answer.value, { status, headers: uncached });
}

export function respondList(answer: Answer<readonly object[]>): Response {
  return respond(answer.ok ? done({ items: answer.value }) : answer);
}
