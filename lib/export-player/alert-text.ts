import type { Locale } from '@/lib/i18n/locales';
import { alerts as zhAlerts, metric as zhMetrics } from '@/lib/i18n/zh.json';
import type { ExportedAlert } from '@/lib/protocol/exported-file';
import { unitOfMetric } from '@/lib/protocol/metrics';
import { onAxis, sayer } from './figures';
import { put } from './texts';

const { say } = zhAlerts;
const rooms: Readonly<Record<string, unknown>> = zhMetrics;

/** The text of a room's field; its own name where there is none. */
function fieldText(room: string, field: string): string {
  const fields = rooms[room];
  const text: unknown = fields && typeof fields === 'object' ? Reflect.get(fields, field) : undefined;
  return typeof text === 'string' ? text : field;
}

function metricName(metric: string): string {
  const [room = '', ...rest] = metric.split('.');
  const field = fieldText(room, rest.at(-1) ?? '');
  const item = rest.slice(0, -1).join('.');
  if (item === '') return field;
  const core = /^core(\d+)$/.exec(item)?.[1];
  const named = core === undefined ? fieldText(room, item) : put(zhMetrics.cpu.core, { index: core });
  return put(zhMetrics.of, { item: named, field });
}

/** What is so: as the log says it, which is English; in other languages by the rule, where that tells enough. */
export function alertText(alert: ExportedAlert, lang: Locale): string {
  const { metric, condition, value, threshold, state, message } = alert;
  if (lang === 'en' || metric === null || !condition || metric.startsWith('user-login.')) return message;
  // The log's own words name the metrics of a summary.
  if (condition.more !== undefined) return message;
  const named = { metric: metricName(metric) };
  if (state === 'resolved') return condition.reason === 'value' ? put(say.wellPlain, named) : message;
  const { comparison } = condition;
  if (comparison !== 'above' && comparison !== 'below') return message;
  const figure = sayer(
    { key: metric.startsWith('cpu.load') ? 'load' : '', unit: unitOfMetric(metric) },
    lang,
  );
  return put(say[comparison], { ...named, value: figure(value), limit: onAxis(figure)(threshold) });
}
