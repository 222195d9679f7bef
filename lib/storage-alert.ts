import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { NewEvent } from './events/event-log';
import type { SystemAlert } from './events/payloads';

/**
 * That a database was set aside, as an alert that fires and is over at once: people are told, and what is lost stays
 * in `GET /api/health`. `path` is the name that it has now.
 */
export function storageAlerts(host: string, t: number, path: string, reason: string): NewEvent[] {
  const file = basename(path);
  const alert: Omit<SystemAlert, 'state'> = {
    t,
    host,
    alertId: randomUUID(),
    ruleId: null,
    name: `Database set aside: ${file}`,
    kind: 'storage',
    severity: 'critical',
    metric: null,
    value: null,
    threshold: null,
    since: t,
    message: `${path}: ${reason}. What it held is not in use any more; the file is kept.`,
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
