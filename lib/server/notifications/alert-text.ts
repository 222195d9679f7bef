import type { LoggedAlert } from '@/lib/protocol/notifications';
import type { SystemAlert } from '@/lib/protocol/payloads';
import type { LoggedEvent } from '@/lib/server/event-log/event-log';

export type Severity = SystemAlert['severity'];

const severityOrder: readonly Severity[] = ['info', 'warning', 'critical'];

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return severityOrder.indexOf(severity) >= severityOrder.indexOf(least);
}

/** The worst severity that still fires; `null` when all are resolved. */
export function worstFiring(alerts: readonly LoggedAlert[]): Severity | null {
  const last = new Map(alerts.map((alert) => [alert.alertId, alert]));
  const firing = [...last.values()].filter(({ state }) => state === 'firing');
  return severityOrder.findLast((severity) => firing.some((alert) => alert.severity === severity)) ?? null;
}

/** One line for a subject or a title. */
export function titleOf(alerts: readonly LoggedAlert[]): string {
  const [first] = alerts;
  if (!first) return 'Hostbeat';
  if (alerts.length === 1) return oneLine(`${stateOf(first)}: ${first.name} (${placeOf(first)})`);
  const hosts = [...new Set(alerts.map(({ host }) => host))].join(', ');
  const firing = alerts.filter(({ state }) => state === 'firing').length;
  const parts = [
    firing > 0 ? `${firing} firing` : '',
    firing < alerts.length ? `${alerts.length - firing} resolved` : '',
  ];
  return oneLine(`${alerts.length} alerts on ${hosts}: ${parts.filter(Boolean).join(', ')}`);
}

/** A paragraph for each alert: what, since when, the top consumers. At most `lengthMax` characters. */
export function textOf(alerts: readonly LoggedAlert[], lengthMax: number): string {
  const paragraphs = alerts.map((alert) => {
    const lines = [
      alerts.length > 1 ? `${stateOf(alert)}: ${alert.name} (${placeOf(alert)})` : '',
      alert.message,
      valueLine(alert),
      `since ${new Date(alert.since).toISOString().replace('.000', '')}`,
      culpritsLine(alert),
    ];
    return lines.filter(Boolean).join('\n');
  });
  return shortened(sendable(paragraphs.join('\n\n')), lengthMax);
}

/** Cut at `lengthMax` UTF-16 units, never within a character, and marked. */
export function shortened(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  return `${text.slice(0, lengthMax - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const oneLine = (text: string) => shortened(sendable(text).replace(/\s+/g, ' ').trim(), 200);

/** Without halves of surrogate pairs and control characters, for which some receivers refuse the whole message. */
const sendable = (text: string) =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g,
    '\ufffd',
  );

/** The host, and whether a program published it. */
const placeOf = ({ host, origin }: SystemAlert) => (origin === 'published' ? `${host}, published` : host);

function stateOf({ state, severity }: SystemAlert): string {
  return state === 'resolved' ? 'Resolved' : `${severity[0]?.toUpperCase()}${severity.slice(1)}`;
}

function valueLine({ metric, value, threshold }: SystemAlert): string {
  if (metric === null || value === null) return '';
  const rounded = (number: number) => String(Number(number.toPrecision(4)));
  return `${metric} is ${rounded(value)}${threshold === null ? '' : `, the threshold is ${rounded(threshold)}`}`;
}

/** Without command lines: those may hold passwords, and this leaves the machine. */
function culpritsLine({ culprits }: SystemAlert): string {
  const named = culprits.slice(0, 3).map(({ name, pid, cpuPercent, memoryBytes }) => {
    const cpu = cpuPercent === null ? '' : `, ${Math.round(cpuPercent)} % CPU`;
    const memory = memoryBytes === null ? '' : `, ${Math.round(memoryBytes / 1_048_576)} MiB`;
    return `${name} (${pid}${cpu}${memory})`;
  });
  return named.length > 0 ? `busiest: ${named.join('; ')}` : '';
}

/** The alert that an event of the log holds, as it leaves this machine: without command lines. */
export function alertOf(event: LoggedEvent, logId: string): LoggedAlert {
  const alert = JSON.parse(event.json) as SystemAlert;
  const culprits = alert.culprits.map((process) => ({ ...process, command: null }));
  return { id: `${logId}-${event.seq}`, ...alert, culprits };
}
