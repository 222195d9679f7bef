import { randomUUID } from 'node:crypto';
import type { SystemAlert } from '@/lib/protocol/payloads';
import type { NewEvent } from './event-log/event-log';

/** The last word of a Hostbeat that ends because it was told to: what comes after it is not an outage. */
export function shutdownAlert(host: string, t: number): NewEvent {
  const alert: SystemAlert = {
    t,
    host,
    alertId: randomUUID(),
    ruleId: null,
    name: 'Hostbeat is stopping',
    kind: 'shutdown',
    severity: 'info',
    state: 'resolved',
    metric: null,
    value: null,
    threshold: null,
    since: t,
    message: 'Hostbeat was told to stop. Streams end now and go on where they were when it is back.',
    condition: null,
    culprits: [],
  };
  return { type: 'system-alert', host, t, json: JSON.stringify(alert) };
}
