import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { SystemAlert } from '@/lib/protocol/payloads';
import type { NewEvent } from './event-log/event-log';

/**
 * That a database was set aside, as an alert that fires and is over at once: people are told, and what is lost stays
 * in `GET /api/health`. `path` is the name that it has now, or had where nothing of it is kept; where the folder lies is
 * not told to channels.
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
