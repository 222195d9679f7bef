import { randomUUID } from 'node:crypto';
import type { LoggedAlert } from '@/lib/protocol/notifications';
import type { Outcome } from './outcome';

/** The alert that "Send a test" sends. Its id is no position in a log. */
export function testAlert(host: string, now: number): LoggedAlert {
  const alertId = `test-${randomUUID()}`;
  return {
    id: alertId,
    t: now,
    host,
    alertId,
    ruleId: null,
    name: 'A test from Hostbeat',
    kind: 'test',
    severity: 'info',
    state: 'firing',
    metric: null,
    value: null,
    threshold: null,
    since: now,
    message: 'Nothing is wrong. Somebody wanted to see whether notifications arrive.',
    culprits: [],
  };
}

/** What happened, and what would have happened to a real alert. */
export function testResultText({ kind, detail }: Outcome): string {
  if (kind === 'delivered') return `It was delivered: ${detail}.`;
  const then =
    kind === 'retry'
      ? 'An alert would be tried again for 24 hours.'
      : 'An alert would be given up on at once.';
  return `It was not delivered: ${detail}. ${then}`;
}

/** What happened to the retry of a dead letter. */
export function retryResultText({ kind, detail }: Outcome): string {
  return kind === 'delivered' ? `It was delivered: ${detail}.` : `It was not delivered: ${detail}.`;
}
