import { defaultRule as enRules, time as enTime } from '@/lib/i18n/en.json';
import type { Locale } from '@/lib/i18n/locales';
import { defaultRule as zhRules, time as zhTime } from '@/lib/i18n/zh.json';
import { englishRuleNames } from '@/lib/protocol/default-rule-names';
import type { ExportedAlert, ExportedEvent, ExportedFile } from '@/lib/protocol/exported-file';
import type { HistoryGap } from '@/lib/protocol/history';
import { alertText } from './alert-text';
import { durationText, put, texts } from './texts';

export type MarkTone = 'critical' | 'warning' | 'info' | 'resolved' | 'plain';

/** Something on the axis of time, in words. */
export interface Annotation {
  /** Unix ms. */
  readonly t: number;
  readonly kind: 'alert' | 'login' | 'logout' | 'stop' | 'note' | 'message' | 'other' | 'gap';
  readonly tone: MarkTone;
  readonly title: string;
  readonly text: string;
}

const words = {
  en: { rules: enRules, time: enTime },
  zh: { rules: zhRules, time: zhTime },
} as const;

export function causeText({ cause }: HistoryGap, lang: Locale): string {
  return words[lang].time.gap[cause];
}

/** The rule's name: as it was given, or translated while it is that of the default set. */
function nameOf({ name, ruleId, origin }: ExportedAlert, lang: Locale): string {
  if (origin === 'published') return put(words[lang].time.mark.published, { name });
  const id = ruleId as keyof typeof englishRuleNames;
  return ruleId !== null && englishRuleNames[id] === name ? words[lang].rules[id] : name;
}

function alertAnnotation(t: number, alert: ExportedAlert, lang: Locale): Annotation {
  const { mark } = words[lang].time;
  if (alert.kind === 'shutdown') return { t, kind: 'stop', tone: 'warning', title: mark.stop, text: '' };
  const isOver = alert.state === 'resolved';
  const name = nameOf(alert, lang);
  const culprits = isOver
    ? ''
    : put(texts[lang].busiest, {
        names: alert.culprits
          .map(({ name: process, cpuPercent }) =>
            cpuPercent === null ? process : `${process} (${Math.round(cpuPercent)} %)`,
          )
          .join(', '),
      });
  return {
    t,
    kind: 'alert',
    tone: isOver ? 'resolved' : alert.severity,
    title: isOver ? put(mark.resolved, { name }) : name,
    text: [alertText(alert, lang), alert.culprits.length > 0 ? culprits : ''].filter(Boolean).join(' · '),
  };
}

function annotationOf(event: ExportedEvent, lang: Locale): Annotation {
  const { mark } = words[lang].time;
  const plain = { t: event.t, tone: 'plain', kind: event.type } as const;
  switch (event.type) {
    case 'alert':
      return alertAnnotation(event.t, event.alert, lang);
    case 'login':
    case 'logout': {
      const whole = event.type === 'login' ? mark.login : mark.logout;
      const title = put(whole.replace(/\{from,.*\}$/, ''), { user: event.user });
      const told = event.origin ? put(mark.published, { name: title }) : title;
      return { ...plain, kind: event.type, title: told, text: event.from ?? '' };
    }
    default:
      return event.title
        ? { ...plain, kind: event.type, title: event.title, text: event.text }
        : { ...plain, kind: event.type, title: event.text, text: '' };
  }
}

/** Events and gaps in the reader's language, the oldest first. What is before anything that is kept did not happen. */
export function annotationsOf({ events, gaps, from, to }: ExportedFile, lang: Locale): readonly Annotation[] {
  const unmeasured = gaps
    .filter(({ cause }) => cause !== 'not-kept')
    .map(
      (gap): Annotation => ({
        t: Math.min(to, Math.max(from, gap.from)),
        kind: 'gap',
        tone: 'warning',
        title: causeText(gap, lang),
        text: put(words[lang].time.gapFor, { duration: durationText(gap.to - gap.from, texts[lang]) }),
      }),
    );
  return [...events.map((event) => annotationOf(event, lang)), ...unmeasured].sort(
    (one, other) => one.t - other.t,
  );
}
