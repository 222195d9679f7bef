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
import { problemResponse } from '@/lib/protocol/problem';
import { queryByName } from '@/lib/protocol/query';
import { badBody, badQuery, ok, parseBody, type Refused, type Result, refuse } from '@/lib/protocol/result';
import type { Saved } from '@/lib/server/alerting/alerts';
import { readSilence } from '@/lib/server/alerting/silences';
import type { Runtime } from '@/lib/server/runtime';
import { uncached } from '../cache-control';
import { readJson } from '../request-body';

type WithAlerts = Pick<Runtime, 'alerts'>;

/** Each rule costs time on every sample, and each silence on every look at an alert. */
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

/** `?state=pending,firing`, all without; `limit` from 1 to 1000, 500 without; `offset` from 0. */
export function listAlerts(runtime: WithAlerts, query: URLSearchParams): Result<readonly Alert[]> {
  const page = alertPage(runtime, query);
  return page.ok ? ok(page.value.items) : page;
}

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

export function acknowledge(runtime: WithAlerts, alertId: string): Result<Alert> {
  const alert = runtime.alerts.acknowledge(alertId);
  if (alert === 'not-kept') return unavailable(runtime);
  return alert ? ok(alert) : notFound('alert', alertId);
}

export function ruleById({ alerts }: WithAlerts, id: string): Result<Rule> {
  const rule = alerts.rules.find((one) => one.id === id);
  return rule ? ok(rule) : notFound('rule', id);
}

/** A new rule gets an id of its own; one that is sent along, as with a copy, is not looked at. */
export async function createRule(runtime: WithAlerts, request: Request): Promise<Result<Rule>> {
  const body = await readJson(request);
  if (!body.ok) return body;
  const asked = parseBody(newRuleSchema, body.value);
  if (!asked.ok) return asked;
  if (runtime.alerts.rules.length >= rulesMax) {
    return badBody([{ path: '', message: `there are ${rulesMax} rules already, which is the limit` }]);
  }
  const rule = { ...asked.value, id: randomUUID() };
  const refusal = runtime.alerts.refusal(rule);
  if (refusal !== null) return badBody([{ path: 'metric', message: refusal }]);
  return kept(await runtime.alerts.putRule(rule), rule, runtime);
}

export async function replaceRule(runtime: WithAlerts, id: string, request: Request): Promise<Result<Rule>> {
  const before = ruleById(runtime, id);
  if (!before.ok) return before;
  const body = await readJson(request);
  if (!body.ok) return body;
  const asked = parseBody(newRuleSchema, body.value);
  if (!asked.ok) return asked;
  if ((asked.value.id ?? id) !== id) return badBody([{ path: 'id', message: 'is not that of the address' }]);
  const rule = { ...asked.value, id };
  const refusal = runtime.alerts.refusal(rule);
  if (refusal !== null) return badBody([{ path: 'metric', message: refusal }]);
  return kept(await runtime.alerts.putRule(rule), rule, runtime);
}

export async function deleteRule(runtime: WithAlerts, id: string): Promise<Result<null>> {
  const before = ruleById(runtime, id);
  return before.ok ? kept(await runtime.alerts.deleteRule(id), null, runtime) : before;
}

/** When a rule would have fired, before it is saved. */
export async function previewRule(
  { alerts, work, peerOf }: WithAlerts & Pick<Runtime, 'work' | 'peerOf'>,
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

export function silenceById({ alerts }: WithAlerts, id: string): Result<Silence> {
  const silence = alerts.silences.find((one) => one.id === id);
  return silence ? ok(silence) : notFound('silence', id);
}

export async function createSilence(runtime: WithAlerts, request: Request): Promise<Result<Silence>> {
  if (runtime.alerts.silences.length >= silencesMax) {
    return badBody([{ path: '', message: `there are ${silencesMax} silences already, which is the limit` }]);
  }
  return putSilence(runtime, randomUUID(), request);
}

export async function replaceSilence(
  runtime: WithAlerts,
  id: string,
  request: Request,
): Promise<Result<Silence>> {
  const before = silenceById(runtime, id);
  return before.ok ? putSilence(runtime, id, request) : before;
}

async function putSilence(runtime: WithAlerts, id: string, request: Request): Promise<Result<Silence>> {
  const body = await readJson(request);
  if (!body.ok) return body;
  const read = readSilence(body.value, id, Date.now());
  if (!read.ok) return read;
  return kept(runtime.alerts.putSilence(read.value), read.value, runtime);
}

export function deleteSilence(runtime: WithAlerts, id: string): Result<null> {
  const before = silenceById(runtime, id);
  return before.ok ? kept(runtime.alerts.deleteSilence(id), null, runtime) : before;
}

/** As JSON, with 204 where there is nothing to say, or as a problem. */
export function respond<T>(answer: Result<T>, status = 200): Response {
  if (!answer.ok) return problemResponse(answer.problem);
  if (answer.value === null) return new Response(null, { status: 204, headers: uncached });
  return Response.json(answer.value, { status, headers: uncached });
}

/** A list as `{[name]: […]}`. */
export function respondList(answer: Result<readonly unknown[]>, name = 'items'): Response {
  return respond(answer.ok ? ok({ [name]: answer.value }) : answer);
}
