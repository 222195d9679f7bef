import { firingOf, stillFiring, withRuleAlerts } from '@/lib/health/firing';
import { averagedMs, type HealthInputs } from '@/lib/health/inputs';
import { latestSensors } from '@/lib/health/sensors';
import type { Alert } from '@/lib/protocol/alerting';
import { type LoggedPayloads, type SampleType, sampleTypes } from '@/lib/protocol/event-types';
import { sensorRows } from './sensor-rows';
import type { LiveStore } from './store';

/** Processes come every 5 s: three samples of them. */
const slowAveragedMs = 12_000;
/** The value of a sensor that has been silent for longer is out of date. */
const sensorStaleMs = 30_000;

function byType<T>(of: (type: SampleType) => T | null): { readonly [K in SampleType]?: T } {
  return Object.fromEntries(
    sampleTypes.flatMap((type) => {
      const found = of(type);
      return found === null ? [] : [[type, found]];
    }),
  );
}

/**
 * All that a page knows of the current state of its machine. `alerts` are those of rules as the bell and the list have
 * them; those of the feed alone where they are `null`.
 */
export function collectHealthInputs(store: LiveStore, alerts: readonly Alert[] | null = null): HealthInputs {
  const now = store.hostNow();
  return {
    facts: store.facts,
    intervalMs: store.intervalMs,
    latest: byType((type) => store.latest(type)) as HealthInputs['latest'],
    recent: byType((type) => {
      const isSlow = type === 'processes' || type === 'containers';
      const rows: readonly LoggedPayloads[SampleType][] = store.recent(
        type,
        isSlow ? slowAveragedMs : averagedMs,
      );
      return rows.length > 0 ? rows : null;
    }) as HealthInputs['recent'],
    mountsBefore: store.table('filesystem').rows,
    sensors: latestSensors(sensorRows(store, null).filter(({ t }) => now - t < sensorStaleMs)),
    lost: sampleTypes.filter((type) => store.last(type) !== null && store.isLost(type)),
    alerts: stillFiring(withRuleAlerts(store.firing.values(), alerts && firingOf(alerts)), now),
    silenced: (alerts ?? []).filter((one) => one.state === 'firing' && one.silencedUntil !== null).length,
  };
}
