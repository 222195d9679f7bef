'use client';

import type { Alert } from '@/lib/protocol/alerting';
import type { FiringAlert } from '@/lib/protocol/initial-state';
import { AlertLine } from './alert-line';
import { ToldLine } from './told-line';

export interface AlertLinesProps {
  readonly alerts: readonly Alert[];
  /** What fires that no rule made; told first. */
  readonly told?: readonly FiringAlert[];
  readonly apart?: boolean;
}

export function AlertLines({ alerts, told = [], apart = false }: AlertLinesProps) {
  return (
    <ul className="px-2">
      {told.map((alert) => (
        <li key={alert.alertId}>
          <ToldLine alert={alert} apart={apart} />
        </li>
      ))}
      {alerts.map((alert) => (
        <li key={alert.alertId}>
          <AlertLine alert={alert} apart={apart} />
        </li>
      ))}
    </ul>
  );
}
