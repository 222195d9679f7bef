'use client';

import { useMemo, useSyncExternalStore } from 'react';
import { assessHealth, type HealthSummary } from '@/lib/health/summary';
import type { Alert } from '@/lib/protocol/alerting';
import { collectHealthInputs } from '../store/health-inputs';
import type { DisplayStore } from '../store/pausable';
import { useAlertsOf } from './alerts';
import { useLiveStores } from './hooks';

/** Samples come once a second or less often, so a look in between would see nothing else. */
const leastApartMs = 900;

/** Looks again and again, each time with the last verdict in mind. */
function watchHealth(store: DisplayStore, alerts: () => readonly Alert[] | null) {
  let judgedMs = performance.now();
  let verdict = assessHealth(collectHealthInputs(store, alerts()), null, judgedMs);
  /** What was last told: the same object as long as there is nothing else to say. */
  let told = verdict;
  let pausedAt = store.pausedAt;
  return {
    subscribe: (listener: () => void) =>
      store.subscribe(() => {
        const now = performance.now();
        // It pauses and goes on with the figures: one look at the moment that they stand still at, and no more.
        const isTurn = store.pausedAt !== pausedAt;
        pausedAt = store.pausedAt;
        if (!isTurn && (pausedAt !== null || now - judgedMs < leastApartMs)) return;
        judgedMs = now;
        verdict = assessHealth(collectHealthInputs(store, alerts()), verdict, now);
        if (!isOther(verdict, told)) return;
        told = verdict;
        listener();
      }),
    get: () => told,
  };
}

/** Whether there is anything new to say: most looks find what the last one did. */
function isOther(one: HealthSummary, other: HealthSummary): boolean {
  const said = ({ status, findings, vitals, monitored, silenced }: HealthSummary) =>
    JSON.stringify([status, findings, vitals, monitored, silenced]);
  return said(one) !== said(other);
}

/** How the machine is; renders again when there is something else to say. */
export function useHealth(): HealthSummary {
  const { store, rendered } = useLiveStores();
  const alerts = useAlertsOf(store);
  const judged = useMemo(() => watchHealth(store, alerts.now), [store, alerts]);
  const atFirst = useMemo(
    () => assessHealth(collectHealthInputs(rendered, alerts.rendered), null, 0),
    [rendered, alerts],
  );
  return useSyncExternalStore(judged.subscribe, judged.get, () => atFirst);
}
