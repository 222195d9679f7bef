import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { SystemAlert } from '@/lib/protocol/payloads';
import type { NewEvent } from './event-log/event-log';

/**
 * The alert of a database that was set aside. It fires and resolves at once: channels are notified once, and the loss stays
 * in `GET /api/health`. `path` is the new name, which is shown without its folder.
 */
export function storageAlerts(
  host: string,
  t: number,
  path: string,
  reason: string,
  isKept = true,
): NewEvent[] {
  const file = basename(path);
  const alert: Omit<SystemAlert, 'state'> = {
    t,
    host,
    alertId: randomUUID(),
    ruleId: null,
    name: isKept ? `Database set aside: ${file}` : `Database lost: ${file}`,
    kind: 'storage',
    severity: 'critical',
    metric: null,
    value: null,
    threshold: null,
    since: t,
    message: isKept
      ? `${file}: ${reason}. What it holds is not in use; the file is kept in the data folder.`
      : `${file}: ${reason}. What it held is lost, and a new one was begun.`,
    condition: null,
    culprits: [],
  };
  return (['firing', 'resolved'] as const).map((state) => ({
    type: 'system-alert',
    host,
    t,
    json: JSON.stringify({ ...alert, state }),
  }));
}

/** The last event of a regular stop: the gap after it is no crash. */
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
