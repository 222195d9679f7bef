'use client';

import { useTranslations } from 'next-intl';
import type { LogEvent } from '@/lib/protocol/log-event';
import { IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { JsonText } from '../ui/json-text';
import { TextLink } from '../ui/text-link';
import { Timestamp } from '../ui/timestamp';
import { useEventText } from './event-text';

/** One event, whole. */
export function EventDetails({ event, onClose }: { readonly event: LogEvent; readonly onClose: () => void }) {
  const t = useTranslations('log');
  const text = useEventText()(event);
  const isOurs = text.href?.startsWith('/') ?? false;
  return (
    <section aria-label={t('details')} className="flex h-full min-h-0 flex-col gap-3 p-4">
      <header className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold [overflow-wrap:anywhere]">{text.title}</h2>
          <p className="text-xs leading-5 text-soft">
            {text.type} · <Timestamp t={event.t} /> · {event.host}
          </p>
        </div>
        <IconButton label={t('close')} variant="quiet" size="sm" onClick={onClose}>
          <Icon name="close" />
        </IconButton>
      </header>
      {text.text && <p className="text-[0.8125rem] leading-5 [overflow-wrap:anywhere]">{text.text}</p>}
      {text.href && (
        <TextLink href={text.href} className="w-fit text-[0.8125rem] text-cpu">
          {isOurs ? t('openAlert') : t('openLink')}
        </TextLink>
      )}
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
        tabIndex={0}
        className="min-h-24 flex-1 overflow-auto rounded-lg bg-page p-3 font-mono text-xs leading-5 whitespace-pre-wrap [overflow-wrap:anywhere]"
      >
        <JsonText text={JSON.stringify(event.data, null, 2)} />
      </pre>
    </section>
  );
}
