import type { Process, Rule } from '@/lib/protocol/alerting';
import { partsOfMetric, unitOfMetric } from '@/lib/protocol/metrics';
import { announcedMax } from './alert-group';
import { flapping } from './alert-instance';
import type { Transition } from './evaluation-state';
import { publishedPrefix } from './metric-values';

const hints: readonly (readonly [start: string, hint: string])[] = [
  ['cpu.', 'Look at the processes with the most CPU time.'],
  [
    'pressure.cpu',
    'More tasks are ready than there are cores: look at the processes with the most CPU time.',
  ],
  ['pressure.memory', 'Look at the largest processes, and at swap.'],
  ['pressure.io', 'Look at the disks and at the processes that read and write most.'],
  ['memory.', 'Look at the largest processes.'],
  ['filesystem.', 'Look for what grows: logs, caches, backups.'],
  ['disk.', 'Look at the processes that read and write most, and at the health of the disk.'],
  ['network.', 'Look at the cable, the port and the driver of the interface.'],
  ['sensor.', 'Look at the sensor, or at what it measures.'],
  ['user-login.', 'Make sure that it was somebody you know.'],
];

const scales = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];

/** A rounded number with the metric's unit. */
function quantity(value: number, unit: string): string {
  if (unit.startsWith('B') && Math.abs(value) >= 1024) {
    const power = Math.min(Math.floor(Math.log2(Math.abs(value)) / 10), scales.length - 1);
    return `${rounded(value / 1024 ** power)} ${scales[power]}${unit}`;
  }
  return unit === '' ? rounded(value) : `${rounded(value)} ${unit}`;
}

function rounded(value: number): string {
  return String(Number(value.toFixed(Math.abs(value) < 10 ? 2 : 1)));
}

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** The condition that holds, as a clause: `cpu.totalPercent is 97.2 %, above 95 %`. */
function clause({ rule, metric, value, threshold, since, t }: Transition): string {
  const unit = unitOfMetric(metric);
  if (metric.startsWith('user-login.')) {
    const address = addressOf(metric);
    return address.startsWith(publishedPrefix)
      ? `A program published a login from ${address.slice(publishedPrefix.length)}`
      : `Somebody has logged in from ${address}`;
  }
  const limit = threshold === null ? '' : quantity(threshold, unit);
  switch (rule.comparison) {
    case 'above':
    case 'below':
      return value === null
        ? `${metric} has no value`
        : `${metric} is ${quantity(value, unit)}, ${rule.comparison} ${limit}`;
    case 'absent':
      return `${metric} has had no value for ${duration(Math.max(t - since, rule.forSeconds * 1000))}`;
    case 'risesFasterThan':
      return `${metric} rises by ${value === null ? '?' : quantity(value, unit)} a minute, faster than ${limit}`;
    case 'fullWithinHours':
      return `${metric} will be full in ${value === null ? '?' : duration(value * 3_600_000)} at this rate, within ${threshold} h`;
  }
}

function addressOf(metric: string): string {
  return partsOfMetric(metric).item ?? '';
}

function ending({ rule, metric, value, reason, since, t, more, isPublished }: Transition): string {
  if (more && reason === 'value')
    return `No more ${isPublished ? 'published ' : ''}metrics that match ${rule.metric} break the rule than have alerts of their own.`;
  const after = t > since ? ` after ${duration(t - since)}` : '';
  if (reason === 'rule-changed') return `The rule was changed or removed${after}.`;
  if (reason === 'gone') return `${metric} has been gone for a day and is forgotten.`;
  if (metric.startsWith('user-login.')) return `${addressOf(metric)} is no new address any more.`;
  if (reason === 'no-value') return `${metric} has no value any more; it ended${after}.`;
  if (rule.comparison === 'absent') return `${metric} is back${after}.`;
  if (rule.comparison === 'fullWithinHours') {
    return value === null
      ? `${metric} does not rise any more${after}.`
      : `${metric} would be full in ${duration(value * 3_600_000)}, which is far enough${after}.`;
  }
  const now = value === null ? '' : `: ${quantity(value, unitOfMetric(metric))}`;
  const perMinute = rule.comparison === 'risesFasterThan' && now !== '' ? ' a minute' : '';
  return `${metric} is well again${after}${now}${perMinute}.`;
}

/** What happened, the top consumer, and a hint where to look. In English: pages translate it by the alert's fields. */
export function messageOf(transition: Transition, culprits: readonly Process[]): string {
  if (transition.state === 'resolved') return ending(transition);
  const { rule, metric, state, isFlapping, more, shared, isPublished = false } = transition;
  if (more) return summarySentence(rule, more, isPublished);
  const parts = [`${clause(transition)}${forHowLong(rule, state)}.`];
  if (shared && shared.metrics.length > 1) parts.push(poolSentence(shared));
  const [first] = culprits;
  if (first) parts.push(`Foremost: ${first.name} (${first.pid}).`);
  if (isFlapping) {
    parts.push(
      `It comes and goes: it fired more than ${flapping.firings} times within ${duration(flapping.windowMs)}, so it counts as firing until it has been well for ${duration(flapping.holdMs)}.`,
    );
  }
  const hint = hints.find(([start]) => metric.startsWith(start));
  if (hint) parts.push(hint[1]);
  return parts.join(' ').slice(0, 4096);
}

/** `filesystem./tank/a.usedPercent` gives `/tank/a`. */
const itemOf = (metric: string) => partsOfMetric(metric).item ?? metric;
const namedMax = 5;

function named(names: readonly string[], count: number): string {
  const shown = names.slice(0, namedMax);
  const rest = count - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

function poolSentence({ pool, metrics }: NonNullable<Transition['shared']>): string {
  return `It is one alert for ${metrics.length} file systems that share the space of ${pool}: ${named(metrics.map(itemOf), metrics.length)}.`;
}

function summarySentence(
  rule: Rule,
  { count, metrics }: NonNullable<Transition['more']>,
  isPublished: boolean,
): string {
  const [what, which] = isPublished ? ['published metrics that', ' on published metrics'] : ['that', ''];
  return `${count} more ${what} match ${rule.metric} break the rule: ${named(metrics, count)}. They have no alerts of their own, since ${announcedMax} of this rule${which} are on.`;
}

function forHowLong({ comparison, forSeconds }: Rule, state: Transition['state']): string {
  if (forSeconds === 0 || comparison === 'absent') return '';
  return state === 'pending'
    ? `; it fires after ${duration(forSeconds * 1000)}`
    : `, for ${duration(forSeconds * 1000)}`;
}
