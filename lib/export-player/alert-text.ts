import type { Locale } from '@/lib/i18n/locales';
import { alerts as zhAlerts, metric as zhMetrics } from '@/lib/i18n/zh.json';
import type { ExportedAlert } from '@/lib/protocol/exported-file';
import { coreOfItem, partsOfMetric, unitOfMetric } from '@/lib/protocol/metrics';
import { put } from './texts';
import { onAxis, sayer } from './value-text';

const { say } = zhAlerts;
const groups: Readonly<Record<string, unknown>> = zhMetrics;

/** The text of a field of a group of metrics; its own name where there is none. */
function fieldText(group: string, field: string): string {
  const fields = groups[group];
  const text: unknown = fields && typeof fields === 'object' ? Reflect.get(fields, field) : undefined;
  return typeof text === 'string' ? text : field;
}

function metricName(metric: string): string {
  const { group, item, field: name } = partsOfMetric(metric);
  const field = fieldText(group, name);
  if (!item) return field;
  const core = coreOfItem(item);
  const named = core === null ? fieldText(group, item) : put(zhMetrics.cpu.core, { index: core });
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
