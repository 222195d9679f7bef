'use client';

import type { Alert } from '@/lib/events/alerting';
import { AlertLine } from './alert-line';

export interface AlertLinesProps {
  readonly alerts: readonly Alert[];
  readonly apart?: boolean;
}

export function AlertLines({ alerts, apart = false }: AlertLinesProps) {
  return (
    <ul className="px-2">
      {alerts.map((alert) => (
        <li key={alert.alertId}>
          <AlertLine alert={alert} apart={apart} />
        </li>
      ))}
    </ul>
  );
}
