import { request } from '@/lib/client/http';
import type { AttemptResult, DeadLetter, ShownChannel } from '@/lib/protocol/notifications';

/** Test and retry wait for the delivery itself. */
const deliveryTimeoutMs = 120_000;

const call = <T>(path: string, method: string, body?: object, timeoutMs?: number) =>
  request<T>(`/api/notifications/${path}`, {
    method,
    tries: 1,
    ...(body ? { body } : {}),
    ...(timeoutMs ? { timeoutMs } : {}),
  });

interface List<T> {
  readonly items: readonly T[];
}

const named = (id: string) => encodeURIComponent(id);

export const fetchChannels = () => call<List<ShownChannel>>('channels', 'GET');
export const fetchDead = () => call<List<DeadLetter>>('dead', 'GET');
export const fetchPushKey = () => call<{ readonly publicKey: string }>('push-key', 'GET');
export const addChannel = (settings: object) => call<ShownChannel>('channels', 'POST', settings);
export const changeChannel = (id: string, settings: object) =>
  call<ShownChannel>(`channels/${named(id)}`, 'PUT', settings);
export const removeChannel = (id: string) => call<null>(`channels/${named(id)}`, 'DELETE');
export const testChannel = (id: string) =>
  call<AttemptResult>(`channels/${named(id)}/test`, 'POST', undefined, deliveryTimeoutMs);
export const retryLetter = (id: string) =>
  call<AttemptResult>(`dead/${named(id)}/retry`, 'POST', undefined, deliveryTimeoutMs);
export const discardLetter = (id: string) => call<null>(`dead/${named(id)}`, 'DELETE');
