import { deadlineAfter } from '@/lib/events/deadline';

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

/** Asks the server, with JSON both ways. Rejects never; an abort counts as no answer. */
export async function ask<T>(
  path: string,
  { method = 'GET', body, signal }: { method?: string; body?: unknown; signal?: AbortSignal } = {},
): Promise<Answer<T>> {
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
    if (answer.ok) return { ok: true, value: json as T };
    return { ok: false, status: answer.status, detail: json?.detail ?? '', errors: json?.errors ?? [] };
  } catch {
    return { ok: false, status: 0, detail: '', errors: [] };
  } finally {
    deadline.clear();
  }
}
