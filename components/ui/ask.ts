import { deadlineAfter } from '@/lib/protocol/deadline';

/** What a server answered to a page's request: the body, or why not. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** 0 when nothing answered. */
      readonly status: number;
      readonly detail: string;
      /** The fields that were refused, by their path in the body. */
      readonly errors: readonly { readonly path: string; readonly message: string }[];
    };

const answerWithinMs = 15_000;
/** A server that has too much to do is asked again so often, each time after as long as it says. */
const triesMax = 8;
const longestWaitMs = 10_000;

export interface Asked {
  readonly method?: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Asks the server, with JSON both ways; again while it is busy, since nothing has been done then. Rejects never; an abort
 * counts as no answer.
 */
export async function ask<T>(path: string, asked: Asked = {}): Promise<Answer<T>> {
  for (let tries = 1; ; tries += 1) {
    const { answer, busyMs } = await askOnce<T>(path, asked);
    if (busyMs === null || tries >= triesMax) return answer;
    await waited(busyMs, asked.signal);
    if (asked.signal?.aborted) return answer;
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

/** How long a busy server wants to be left alone, in ms; `null` when it is not busy. */
function busyMsOf(answer: Response, json: { readonly type?: string } | null): number | null {
  if (answer.status !== 503 || json?.type !== '/problems/busy') return null;
  const seconds = Number(answer.headers.get('retry-after') ?? 1);
  // Spread, so that those who were refused together do not come back together.
  return Math.min(longestWaitMs, seconds * 1_000) * (1 + Math.random() / 2);
}

async function askOnce<T>(
  path: string,
  { method = 'GET', body, signal }: Asked,
): Promise<{ readonly answer: Answer<T>; readonly busyMs: number | null }> {
  const deadline = deadlineAfter(answerWithinMs, ...(signal ? [signal] : []));
  try {
    const answer = await fetch(path, {
      method,
      cache: 'no-store',
      signal: deadline.signal,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    const text = await answer.text();
    const json = text === '' ? null : JSON.parse(text);
    if (answer.ok) return { answer: { ok: true, value: json as T }, busyMs: null };
    const { detail = '', errors = [] } = json ?? {};
    return { answer: { ok: false, status: answer.status, detail, errors }, busyMs: busyMsOf(answer, json) };
  } catch {
    return { answer: { ok: false, status: 0, detail: '', errors: [] }, busyMs: null };
  } finally {
    deadline.clear();
  }
}
