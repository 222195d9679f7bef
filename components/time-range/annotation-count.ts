import type { LiveStore } from '@/lib/client/store/store';
import type { DurableEventType } from '@/lib/protocol/event-types';

const heardTypes: readonly DurableEventType[] = ['system-alert', 'user-login', 'user-logout', 'message'];

/** How much happened in the last minutes, as far as the page knows; 0 before this browser has heard of anything. */
export const annotationCount = (store: LiveStore) =>
  heardTypes.reduce((sum, type) => sum + store.table(type).rows.length, 0);

/** Changes with everything that happens while the page is open. */
export const annotationRevision = (store: LiveStore) =>
  heardTypes.reduce((sum, type) => sum + store.table(type).revision, store.gaps.length);
