import { useTranslations } from 'next-intl';
import { isOfType, type LogEvent, noteSource } from '@/lib/protocol/log-event';
import type { SystemAlert } from '@/lib/protocol/payloads';
import { useAlertText } from '../alerts/alert-text';
import { toneOf } from '../alerts/severity';
import { useDuration } from '../alerts/use-duration';
import { type Annotation, causeOf, type Gap } from './annotation';

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const lengthMax = 200;

/** The text of custom events: their fields as they are. */
const fieldsOf = ({ t: _t, host: _host, ...rest }: Readonly<Record<string, unknown>>) =>
  Object.entries(rest)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ')
    .slice(0, lengthMax);

/** What the annotations of all events have in common. */
const plainOf = ({ id, t }: LogEvent) => ({ key: id, t, until: null, tone: null, text: '', href: null });

/** Without a title, a message is headed by its source, and a note by its text. */
function messageOf(event: LogEvent): Annotation {
  const { data } = event;
  const isNote = data.source === noteSource;
  const title = textOf(data.title) || (isNote ? '' : textOf(data.source));
  const text = textOf(data.text).slice(0, lengthMax);
  return {
    ...plainOf(event),
    kind: isNote ? 'note' : 'message',
    until: typeof data.until === 'number' ? data.until : null,
    title: title || text,
    text: title ? text : '',
    href: textOf(data.url) || null,
  };
}

export interface AnnotationTexts {
  /** `null` for events without a mark: pending alerts. */
  event(event: LogEvent): Annotation | null;
  gap(gap: Gap): Annotation;
}

/** The texts of annotations in the reader's language. */
export function useAnnotationTexts(): AnnotationTexts {
  const t = useTranslations('time');
  const alerts = useAlertText();
  const duration = useDuration();

  function alertOf(event: LogEvent, alert: SystemAlert): Annotation | null {
    if (alert.kind === 'shutdown') return { ...plainOf(event), kind: 'stop', title: t('mark.stop') };
    if (alert.state === 'pending') return null;
    return {
      ...plainOf(event),
      kind: 'alert',
      tone: toneOf(alert),
      title: t(`mark.${alert.state}`, { name: alerts.name(alert) }),
      text: alerts.text(alert),
      href: alert.kind === 'rule' ? `/alerts/${encodeURIComponent(alert.alertId)}` : null,
    };
  }

  function sessionOf(event: LogEvent, kind: 'login' | 'logout'): Annotation {
    const { data } = event;
    const title = t(`mark.${kind}`, { user: textOf(data.user), from: textOf(data.from) || 'none' });
    return {
      ...plainOf(event),
      kind,
      title: data.origin === 'published' ? alerts.published(title) : title,
      text: textOf(data.terminal),
    };
  }

  return {
    event(event) {
      if (isOfType(event, 'system-alert')) return alertOf(event, event.data);
      switch (event.type) {
        case 'user-login':
          return sessionOf(event, 'login');
        case 'user-logout':
          return sessionOf(event, 'logout');
        case 'message':
          return messageOf(event);
        default:
          return { ...plainOf(event), kind: 'event', title: event.type, text: fieldsOf(event.data) };
      }
    },
    gap(gap) {
      return {
        key: `gap ${gap.from} ${gap.cause}`,
        kind: causeOf(gap) === 'not-kept' ? 'unkept' : 'gap',
        t: gap.from,
        until: gap.to,
        tone: null,
        title: t(`gap.${causeOf(gap)}`),
        text: t('gapFor', { duration: duration(gap.to - gap.from) }),
        href: null,
      };
    },
  };
}
