'use client';

import type { Alert } from '@/lib/protocol/alerting';
import type { FiringAlert } from '@/lib/protocol/initial-state';
import { AlertLine } from './alert-line';
import { RulelessAlertLine } from './ruleless-alert-line';

export interface AlertLinesProps {
  readonly alerts: readonly Alert[];
  /** Firing alerts without a rule; they come first. */
  readonly ruleless?: readonly FiringAlert[];
  readonly apart?: boolean;
}

export function AlertLines({ alerts, ruleless = [], apart = false }: AlertLinesProps) {
  return (
    <ul className="px-2">
      {ruleless.map((alert) => (
        <li key={alert.alertId}>
          <RulelessAlertLine alert={alert} apart={apart} />
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
