'use client';

import { useTranslations } from 'next-intl';
import { isOfType, type LogEvent } from '@/lib/protocol/log-event';
import { useAlertText } from '../alerts/alert-text';
import { type AlertTone, toneOf } from '../alerts/severity';

export interface EventText {
  /** The name of its type, in the reader's language if the type is not a custom one. */
  readonly type: string;
  readonly title: string;
  readonly text: string;
  readonly tone: AlertTone | null;
  /** Where more of it is; `null` when nowhere. */
  readonly href: string | null;
}

const ownTypes = ['system-alert', 'user-login', 'user-logout', 'message'] as const;
type OwnType = (typeof ownTypes)[number];
const isOwn = (type: string): type is OwnType => (ownTypes as readonly string[]).includes(type);

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const lengthMax = 300;

/** An event of a type that somebody made up: its fields as they are. */
function fieldsOf(data: Readonly<Record<string, unknown>>): string {
  const { t: _t, host: _host, ...rest } = data;
  return Object.entries(rest)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ')
    .slice(0, lengthMax);
}

/** Says events of the log in one line. */
export function useEventText(): (event: LogEvent) => EventText {
  const t = useTranslations('log');
  const alerts = useAlertText();
  return (event) => {
    const { type, data } = event;
    const named = isOwn(type) ? t(`type.${type}`) : type;
    const plain = { type: named, tone: null, href: null };
    if (isOfType(event, 'system-alert')) {
      const alert = event.data;
      const isRule = alert.kind === 'rule';
      return {
        type: named,
        title: alerts.name(alert),
        text: alerts.text(alert),
        tone: toneOf(alert),
        href: isRule ? `/alerts/${encodeURIComponent(alert.alertId)}` : null,
      };
    }
    if (type === 'user-login' || type === 'user-logout') {
      const user = textOf(data.user);
      const title =
        type === 'user-login'
          ? t('says.login', { user, from: textOf(data.from) || 'none' })
          : t('says.logout', { user });
      const told = data.origin === 'published' ? alerts.published(title) : title;
      return { ...plain, title: told, text: textOf(data.terminal) };
    }
    if (type === 'message') {
      const title = textOf(data.title) || textOf(data.source);
      const text = textOf(data.text).slice(0, lengthMax);
      return {
        ...plain,
        title: title || text,
        text: title ? text : '',
        href: textOf(data.url) || null,
      };
    }
    return { ...plain, title: type, text: fieldsOf(data) };
  };
}
