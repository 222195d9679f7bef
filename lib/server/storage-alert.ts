import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { SystemAlert } from '@/lib/protocol/payloads';
import type { NewEvent } from './event-log/event-log';

/**
 * That a database was set aside, as an alert that fires and is over at once: people are told, and what is lost stays
 * in `GET /api/health`. `path` is the name that it has now; where the folder lies is not told to channels.
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
    message: `${file}: ${reason}. What it holds is not in use; the file is kept in the data folder.`,
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
