import { deadlineAfter } from '@/lib/protocol/deadline';
import type { ProblemError } from '@/lib/protocol/problem';

/** The body of a response, or why there is none. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** 0 when no response arrived. */
      readonly status: number;
      readonly detail: string;
      /** The fields that were refused, by their path in the body. */
      readonly errors: readonly ProblemError[];
    };

export interface RequestOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Of each try. */
  readonly timeoutMs?: number;
  /** How often a busy server is asked at most. */
  readonly tries?: number;
}

const defaultTimeoutMs = 15_000;
const defaultTries = 8;
const waitMsMax = 10_000;

/**
 * Sends a request, with JSON both ways. A busy server has done nothing yet, so it is asked again after its `Retry-After`.
 * Never rejects; an abort or a timeout is a result of status 0.
 */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<Result<T>> {
  const { signal, tries = defaultTries } = options;
  for (let count = 1; ; count += 1) {
    const { result, busyMs } = await requestOnce<T>(path, options);
    if (busyMs === null || count >= tries) return result;
    await waited(busyMs, signal);
    if (signal?.aborted) return result;
  }
}

/** Resolves early when it is aborted. */
function waited(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** How long to wait for a busy server, in ms; `null` when it is not busy. */
function busyMsOf({ status, headers }: Response, json: { readonly type?: string } | null): number | null {
  if (status !== 503 || json?.type !== '/problems/busy') return null;
  const seconds = Number(headers.get('retry-after') ?? 1);
  // Jitter: clients that were refused together do not come back together.
  return Math.min(waitMsMax, seconds * 1_000) * (1 + Math.random() / 2);
}

async function requestOnce<T>(
  path: string,
  { method = 'GET', body, signal, timeoutMs = defaultTimeoutMs }: RequestOptions,
): Promise<{ readonly result: Result<T>; readonly busyMs: number | null }> {
  const deadline = deadlineAfter(timeoutMs, ...(signal ? [signal] : []));
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      signal: deadline.signal,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    const text = await response.text();
    const json = text === '' ? null : JSON.parse(text);
    if (response.ok) return { result: { ok: true, value: json as T }, busyMs: null };
    const { detail = '', errors = [] } = json ?? {};
    const { status } = response;
    return { result: { ok: false, status, detail, errors }, busyMs: busyMsOf(response, json) };
  } catch {
    return { result: { ok: false, status: 0, detail: '', errors: [] }, busyMs: null };
  } finally {
    deadline.clear();
  }
}
