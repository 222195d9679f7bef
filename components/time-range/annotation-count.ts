import type { LiveStore } from '@/lib/client/store/store';
import type { DurableEventType } from '@/lib/protocol/event-types';

const annotatedTypes: readonly DurableEventType[] = ['system-alert', 'user-login', 'user-logout', 'message'];

/** How much happened in the last minutes, as far as the page knows; 0 before this browser has received any. */
export const annotationCount = (store: LiveStore) =>
  annotatedTypes.reduce((sum, type) => sum + store.table(type).rows.length, 0);

/** Changes with everything that happens while the page is open. */
export const annotationRevision = (store: LiveStore) =>
  annotatedTypes.reduce((sum, type) => sum + store.table(type).revision, store.gaps.length);
