'use client';

import { useMemo, useSyncExternalStore } from 'react';
import { assessHealth, type HealthSummary } from '@/lib/health/summary';
import type { Alert } from '@/lib/protocol/alerting';
import type { DisplayStore } from '../store/display-store';
import { collectHealthInputs } from '../store/health-inputs';
import { useAlertsOf } from './alerts';
import { useLiveStores } from './hooks';

/** Samples come once a second or less often, so assessing more often would find nothing else. */
const apartMsMin = 900;

/** Assesses repeatedly, each time given the summary before. */
function followHealth(store: DisplayStore, alerts: () => readonly Alert[] | null) {
  let assessedMs = performance.now();
  let summary = assessHealth(collectHealthInputs(store, alerts()), null, assessedMs);
  /** What was last shown: the same object as long as there is nothing else to say. */
  let shown = summary;
  let pausedAt = store.pausedAt;
  return {
    subscribe: (listener: () => void) =>
      store.subscribe(() => {
        const now = performance.now();
        // It pauses with the figures: one assessment of the time at which they stop, and no more.
        const isTurn = store.pausedAt !== pausedAt;
        pausedAt = store.pausedAt;
        if (!isTurn && (pausedAt !== null || now - assessedMs < apartMsMin)) return;
        assessedMs = now;
        summary = assessHealth(collectHealthInputs(store, alerts()), summary, now);
        if (!isOther(summary, shown)) return;
        shown = summary;
        listener();
      }),
    get: () => shown,
  };
}

/** Whether anything visible has changed: mostly, nothing has. */
function isOther(one: HealthSummary, other: HealthSummary): boolean {
  const visible = ({ status, findings, vitals, monitored, silenced }: HealthSummary) =>
    JSON.stringify([status, findings, vitals, monitored, silenced]);
  return visible(one) !== visible(other);
}

/** How the machine is; renders again when there is something else to say. */
export function useHealth(): HealthSummary {
  const { store, rendered } = useLiveStores();
  const alerts = useAlertsOf(store);
  const health = useMemo(() => followHealth(store, alerts.now), [store, alerts]);
  const atFirst = useMemo(
    () => assessHealth(collectHealthInputs(rendered, alerts.rendered), null, 0),
    [rendered, alerts],
  );
  return useSyncExternalStore(health.subscribe, health.get, () => atFirst);
}
