import type { ExportedEvent } from '@/lib/protocol/exported-file';
import type { SystemAlert } from '@/lib/protocol/payloads';

/** An event of the log. */
export interface FoundEvent {
  readonly type: string;
  readonly t: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Who writes a note at a moment on the dashboard, as the message says it. */
const noteSource = 'note';
const longestText = 400;
const mostCulprits = 3;

const textOf = (value: unknown) => (typeof value === 'string' ? cut(value) : '');

/** Never within a character. */
const cut = (text: string) =>
  text.length <= longestText ? text : `${text.slice(0, longestText - 1).replace(/[\ud800-\udbff]$/, '')}…`;

/** An event as a file holds it; `null` for an alert that only might have come. */
export function exportedEvent({ type, t, data }: FoundEvent): ExportedEvent | null {
  if (type === 'system-alert') {
    // The log holds nothing under this type that was not checked on its way in.
    const alert = data as unknown as SystemAlert;
    return alert.state === 'pending' ? null : { t, type: 'alert', alert: exportedAlert(alert) };
  }
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
      .slice(0, mostCulprits)
      .map(({ name, cpuPercent, memoryBytes }) => ({ name: cut(name), cpuPercent, memoryBytes })),
  };
}
