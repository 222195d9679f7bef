import type { ShownChannel } from '@/lib/protocol/notifications';
import { addChannel, fetchPushKey, removeChannel } from './api';

/** How this browser is told: not at all, by an open page, or by its push service. */
export type BrowserMode = 'off' | 'desktop' | 'push';

/** Why this browser cannot be told; `null` when it can. */
export type Obstacle = 'insecure' | 'unsupported' | 'denied' | null;

const modeKey = 'hostbeat-desktop';
const channelKey = 'hostbeat-push-channel';
const workerPath = '/push-worker.js';

/** Storage may be forbidden; then nothing is remembered. */
function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // It is forgotten with the page.
  }
}

export function obstacle(): Obstacle {
  if (!window.isSecureContext) return 'insecure';
  if (typeof Notification === 'undefined' || !('serviceWorker' in navigator)) return 'unsupported';
  return Notification.permission === 'denied' ? 'denied' : null;
}

export const canPush = () => typeof PushManager !== 'undefined';

export function isDesktopOn(): boolean {
  return obstacle() === null && Notification.permission === 'granted' && recall(modeKey) === 'on';
}

export function modeOf(channels: readonly ShownChannel[]): BrowserMode {
  if (obstacle() !== null || Notification.permission !== 'granted') return 'off';
  const channel = recall(channelKey);
  if (channels.some(({ id, kind }) => id === channel && kind === 'webpush')) return 'push';
  return recall(modeKey) === 'on' ? 'desktop' : 'off';
}

/** Shows it by the worker, which is the only way on phones, and there is one of an alert. */
export async function showDesktop(title: string, body: string, alertId: string): Promise<void> {
  await navigator.serviceWorker.register(workerPath);
  const registration = await navigator.serviceWorker.ready;
  await registration.showNotification(title, { body, tag: alertId, data: { alertId } });
}

async function endPush(): Promise<void> {
  const id = recall(channelKey);
  if (id !== null) {
    const answer = await removeChannel(id);
    // One that is gone already is just as well.
    if (!answer.ok && answer.status === 0) throw new Error('away');
  }
  keep(channelKey, null);
  const registration = await navigator.serviceWorker.getRegistration(workerPath);
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

const bytesOf = (base64url: string) =>
  Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));

async function startPush(name: string): Promise<void> {
  const key = await fetchPushKey();
  if (!key.ok) throw new Error(key.status === 0 ? 'away' : key.detail);
  await navigator.serviceWorker.register(workerPath);
  const registration = await navigator.serviceWorker.ready;
  // One for another key of ours could not be used any more.
  await (await registration.pushManager.getSubscription())?.unsubscribe();
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytesOf(key.value.publicKey),
  });
  const { endpoint, keys } = subscription.toJSON();
  const answer = await addChannel({
    kind: 'webpush',
    name,
    endpoint,
    p256dh: keys?.p256dh,
    auth: keys?.auth,
  });
  if (!answer.ok) {
    await subscription.unsubscribe();
    throw new Error(answer.status === 0 ? 'away' : answer.detail);
  }
  keep(channelKey, answer.value.id);
}

/** Asks for permission where that is needed. Throws the reason of the browser or the server for a refusal. */
export async function setMode(mode: BrowserMode, name: string): Promise<void> {
  if (mode !== 'off' && (await Notification.requestPermission()) !== 'granted') return;
  if (mode !== 'push') await endPush();
  if (mode === 'desktop') await navigator.serviceWorker.register(workerPath);
  keep(modeKey, mode === 'desktop' ? 'on' : null);
  if (mode === 'push') await startPush(name);
}

/** `Firefox on Linux`, as far as the browser says. */
export function browserName(): string {
  const agent = navigator.userAgent;
  const browser = [
    ['Edg/', 'Edge'],
    ['OPR/', 'Opera'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ].find(([mark = '']) => agent.includes(mark))?.[1];
  const system = [
    ['Android', 'Android'],
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Windows', 'Windows'],
    ['Mac OS', 'macOS'],
    ['CrOS', 'ChromeOS'],
    ['Linux', 'Linux'],
  ].find(([mark = '']) => agent.includes(mark))?.[1];
  return [browser ?? 'Browser', system].filter(Boolean).join(' · ');
}
