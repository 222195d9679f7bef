import type { AttemptResult, DeadLetter, ShownChannel } from '@/lib/protocol/notifications';
import type { ProblemError } from '@/lib/protocol/problem';

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** `away`: the server could not be reached. */
  | {
      readonly ok: false;
      readonly isAway: boolean;
      readonly detail: string;
      readonly errors: readonly ProblemError[];
    };

interface ProblemBody {
  readonly detail?: string;
  readonly errors?: readonly ProblemError[];
}

async function ask<T>(path: string, method: string, body?: object): Promise<Answer<T>> {
  try {
    const answer = await fetch(`/api/notifications/${path}`, {
      method,
      headers: body ? { 'Content-Type': 'application/json' } : {},
      cache: 'no-store',
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (answer.status === 204) return { ok: true, value: null as T };
    const json = (await answer.json()) as T & ProblemBody;
    if (answer.ok) return { ok: true, value: json };
    return {
      ok: false,
      isAway: false,
      detail: json.detail ?? String(answer.status),
      errors: json.errors ?? [],
    };
  } catch {
    return { ok: false, isAway: true, detail: '', errors: [] };
  }
}

interface List<T> {
  readonly items: readonly T[];
}

const named = (id: string) => encodeURIComponent(id);

export const fetchChannels = () => ask<List<ShownChannel>>('channels', 'GET');
export const fetchDead = () => ask<List<DeadLetter>>('dead', 'GET');
export const fetchPushKey = () => ask<{ readonly publicKey: string }>('push-key', 'GET');
export const addChannel = (settings: object) => ask<ShownChannel>('channels', 'POST', settings);
export const changeChannel = (id: string, settings: object) =>
  ask<ShownChannel>(`channels/${named(id)}`, 'PUT', settings);
export const removeChannel = (id: string) => ask<null>(`channels/${named(id)}`, 'DELETE');
export const testChannel = (id: string) => ask<AttemptResult>(`channels/${named(id)}/test`, 'POST');
export const retryLetter = (id: string) => ask<AttemptResult>(`dead/${named(id)}/retry`, 'POST');
export const discardLetter = (id: string) => ask<null>(`dead/${named(id)}`, 'DELETE');
