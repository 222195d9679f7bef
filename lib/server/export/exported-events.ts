import type { ExportedEvent } from '@/lib/protocol/exported-file';
import { isOfType, type LogEvent, noteSource } from '@/lib/protocol/log-event';
import type { SystemAlert } from '@/lib/protocol/payloads';

const textMax = 400;
const culpritsMax = 3;

const textOf = (value: unknown) => (typeof value === 'string' ? cut(value) : '');

/** Cuts to `textMax`, never within a character. */
const cut = (text: string) =>
  text.length <= textMax ? text : `${text.slice(0, textMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** An event as an exported file holds it; `null` for a pending alert. */
export function exportedEvent(event: Pick<LogEvent, 'type' | 't' | 'data'>): ExportedEvent | null {
  const { type, t, data } = event;
  if (isOfType(event, 'system-alert'))
    return event.data.state === 'pending' ? null : { t, type: 'alert', alert: exportedAlert(event.data) };
  if (type === 'user-login' || type === 'user-logout') {
    const kind = type === 'user-login' ? 'login' : 'logout';
    const published = data.origin === 'published' ? ({ origin: 'published' } as const) : {};
    return { t, type: kind, user: textOf(data.user), from: textOf(data.from) || null, ...published };
  }
  if (type === 'message') {
    const isNote = data.source === noteSource;
    const title = textOf(data.title) || (isNote ? '' : textOf(data.source));
    return { t, type: isNote ? 'note' : 'message', title, text: textOf(data.text) };
  }
  const { t: _t, host: _host, ...rest } = data;
  return { t, type: 'other', title: type, text: cut(JSON.stringify(rest)) };
}

function exportedAlert(alert: SystemAlert) {
  const { kind, state, severity, ruleId, metric, value, threshold, since, condition, culprits, origin } =
    alert;
  return {
    kind,
    state,
    severity,
    name: cut(alert.name),
    ruleId,
    metric,
    value,
    threshold,
    since,
    message: cut(alert.message),
    condition,
    ...(origin ? { origin } : {}),
    culprits: culprits
      .slice(0, culpritsMax)
      .map(({ name, cpuPercent, memoryBytes }) => ({ name: cut(name), cpuPercent, memoryBytes })),
  };
}
