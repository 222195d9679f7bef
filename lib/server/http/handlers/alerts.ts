import { randomUUID } from 'node:crypto';
import {
  type Alert,
  type AlertState,
  type Firing,
  newRuleSchema,
  previewRequestSchema,
  type Rule,
  type Silence,
} from '@/lib/protocol/alerting';
import { alertStates } from '@/lib/protocol/payloads';
import { queryByName } from '@/lib/protocol/query';
import { badBody, badQuery, ok, parseBody, type Refused, type Result, refuse } from '@/lib/protocol/result';
import type { Saved } from '@/lib/server/alerting/alerts';
import { activeUntil, nextStart, readSilence } from '@/lib/server/alerting/silences';
import type { HttpContext } from '../context';
import { readJson } from '../request-body';

type WithAlerts = Pick<HttpContext, 'alerts'>;

/** Each rule costs time on every sample, and each silence for every alert that is listed. */
const rulesMax = 2_000;
const silencesMax = 500;
const retryAfterSeconds = 5;

function notFound(what: string, id: string): Refused {
  return refuse({ code: 'not-found', detail: `There is no ${what} ${id.slice(0, 64)}` });
}

function kept<T>(saved: Saved, value: T, { alerts }: WithAlerts): Result<T> {
  return saved === 'saved' ? ok(value) : unavailable({ alerts });
}

function unavailable({ alerts }: WithAlerts): Refused {
  const detail = alerts.problem ?? 'nothing can be written';
  return refuse({ code: 'log-unavailable', detail, retryAfterSeconds });
}

/** In one answer; the rest by `offset`. */
const alertsMax = 1_000;
const alertsAtFirst = 500;

export interface AlertPage {
  readonly items: readonly Alert[];
  /** How many there are in these states, whatever `limit` is. */
  readonly total: number;
}

function numberOf(query: URLSearchParams, name: string, least: number, most: number): number | null | 'bad' {
  const text = query.get(name);
  if (text === null) return null;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : 'bad';
}

/** `?state=pending,firing`, all without; `limit` from 1 to 1000, 500 without; `offset` from 0. */
export function alertPage({ alerts }: WithAlerts, search: URLSearchParams): Result<AlertPage> {
  const query = new URLSearchParams(queryByName(search));
  const [limit, offset] = [numberOf(query, 'limit', 1, alertsMax), numberOf(query, 'offset', 0, 1e9)];
  if (limit === 'bad' || offset === 'bad') {
    const path = limit === 'bad' ? 'limit' : 'offset';
    const message = limit === 'bad' ? `takes a whole number from 1 to ${alertsMax}` : 'takes a whole number';
    return badQuery([{ path, message }], ': ');
  }
  const asked = query.get('state')?.split(',').filter(Boolean) ?? [];
  const unknown = asked.find((state) => !(alertStates as readonly string[]).includes(state));
  if (unknown !== undefined) {
    const message = `"${unknown.slice(0, 64)}" is none of ${alertStates.join(', ')}`;
    return badQuery([{ path: 'state', message }], ': ');
  }
  const states = asked.length > 0 ? (asked as AlertState[]) : alertStates;
  const found = { limit: limit ?? alertsAtFirst, offset: offset ?? 0 };
  return ok({ items: alerts.list(states, found), total: alerts.count(states) });
}

export function alertById({ alerts }: WithAlerts, alertId: string): Result<Alert> {
  const alert = alerts.alert(alertId);
  return alert ? ok(alert) : notFound('alert', alertId);
}

export function acknowledge(context: WithAlerts, alertId: string): Result<Alert> {
  const alert = context.alerts.acknowledge(alertId);
  if (alert === 'not-kept') return unavailable(context);
  return alert ? ok(alert) : notFound('alert', alertId);
}

export function ruleById({ alerts }: WithAlerts, id: string): Result<Rule> {
  const rule = alerts.rules.find((one) => one.id === id);
  return rule ? ok(rule) : notFound('rule', id);
}

/** A new rule gets an id of its own; one in the body, as with a copy, is ignored. */
export async function createRule(context: WithAlerts, request: Request): Promise<Result<Rule>> {
  const body = await readJson(request);
  if (!body.ok) return body;
  const asked = parseBody(newRuleSchema, body.value);
  if (!asked.ok) return asked;
  if (context.alerts.rules.length >= rulesMax) {
    return badBody([{ path: '', message: `there are ${rulesMax} rules already, which is the limit` }]);
  }
  const rule = { ...asked.value, id: randomUUID() };
  const refusal = context.alerts.refusal(rule);
  if (refusal !== null) return badBody([{ path: 'metric', message: refusal }]);
  return kept(await context.alerts.putRule(rule), rule, context);
}

export async function replaceRule(context: WithAlerts, id: string, request: Request): Promise<Result<Rule>> {
  const before = ruleById(context, id);
  if (!before.ok) return before;
  const body = await readJson(request);
  if (!body.ok) return body;
  const asked = parseBody(newRuleSchema, body.value);
  if (!asked.ok) return asked;
  if ((asked.value.id ?? id) !== id) return badBody([{ path: 'id', message: 'is not that of the address' }]);
  const rule = { ...asked.value, id };
  const refusal = context.alerts.refusal(rule);
  if (refusal !== null) return badBody([{ path: 'metric', message: refusal }]);
  return kept(await context.alerts.putRule(rule), rule, context);
}

export async function deleteRule(context: WithAlerts, id: string): Promise<Result<null>> {
  const before = ruleById(context, id);
  return before.ok ? kept(await context.alerts.deleteRule(id), null, context) : before;
}

/** When a rule would have fired, before it is saved. */
export async function previewRule(
  { alerts, work, peerOf }: WithAlerts & Pick<HttpContext, 'work' | 'peerOf'>,
  request: Request,
): Promise<Result<readonly Firing[]>> {
  const body = await readJson(request);
  if (!body.ok) return body;
  const asked = parseBody(previewRequestSchema, body.value);
  if (!asked.ok) return asked;
  const { rule, from, to } = asked.value;
  const client = { address: peerOf(request.headers), signal: request.signal };
  return work.preview.run(client, (pause) => alerts.preview(rule, from, to, pause));
}

/** A silence and its times, Unix ms: until when it is active, and when it begins next; `null` where it does not. */
export interface SilenceTimes {
  readonly silence: Silence;
  readonly until: number | null;
  readonly next: number | null;
}

export function silenceTimes({ alerts }: WithAlerts, now = Date.now()): SilenceTimes[] {
  return alerts.silences.map((silence) => ({
    silence,
    until: activeUntil(silence, now),
    next: nextStart(silence, now),
  }));
}

export function silenceById({ alerts }: WithAlerts, id: string): Result<Silence> {
  const silence = alerts.silences.find((one) => one.id === id);
  return silence ? ok(silence) : notFound('silence', id);
}

export async function createSilence(context: WithAlerts, request: Request): Promise<Result<Silence>> {
  if (context.alerts.silences.length >= silencesMax) {
    return badBody([{ path: '', message: `there are ${silencesMax} silences already, which is the limit` }]);
  }
  return putSilence(context, randomUUID(), request);
}

export async function replaceSilence(
  context: WithAlerts,
  id: string,
  request: Request,
): Promise<Result<Silence>> {
  const before = silenceById(context, id);
  return before.ok ? putSilence(context, id, request) : before;
}

async function putSilence(context: WithAlerts, id: string, request: Request): Promise<Result<Silence>> {
  const body = await readJson(request);
  if (!body.ok) return body;
  const read = readSilence(body.value, id, Date.now());
  if (!read.ok) return read;
  return kept(context.alerts.putSilence(read.value), read.value, context);
}

export function deleteSilence(context: WithAlerts, id: string): Result<null> {
  const before = silenceById(context, id);
  return before.ok ? kept(context.alerts.deleteSilence(id), null, context) : before;
}
