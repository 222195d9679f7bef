'use client';

import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { type ChannelKindName, channelKindNames, type ShownChannel } from '@/lib/protocol/notifications';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Timestamp } from '../ui/timestamp';
import { removeChannel, testChannel } from './api';
import { type Attempt, AttemptOutcome } from './attempt-outcome';
import { ChannelForm } from './channel-form';
import { KindIcon } from './kind-icon';

export interface ChannelRowProps {
  readonly channel: ShownChannel;
  readonly onChanged: () => Promise<void>;
}

const isKind = (kind: string): kind is ChannelKindName =>
  (channelKindNames as readonly string[]).includes(kind);

/** The target of its messages, without secrets. */
function destinationOf(channel: ShownChannel): string {
  const { to, chatId, server, url, endpoint } = channel;
  const shown = Array.isArray(to) ? to.join(', ') : (chatId ?? server ?? url ?? endpoint);
  return typeof shown === 'string' ? shown.replace(/^https?:\/\//, '').replace(/\/…$/, '') : '';
}

function State({ channel }: { readonly channel: ShownChannel }) {
  const t = useTranslations('notifications.state');
  const { gaveUp, attempts, lastError, nextAttemptAt, waiting, lastDeliveredAt } = channel.status;
  if (attempts > 0 && lastError !== null)
    return (
      <StateLine tag={<Badge tone="warn">{t('retrying')}</Badge>}>
        {t('because', { reason: lastError })}
        {nextAttemptAt !== null && (
          <>
            {' · '}
            {t.rich('next', { at: () => <Timestamp t={nextAttemptAt} /> })}
          </>
        )}
      </StateLine>
    );
  if (gaveUp)
    return (
      <StateLine tag={<Badge tone="bad">{t('failing')}</Badge>}>
        {t('because', { reason: gaveUp.reason })}
        {' · '}
        <Timestamp t={gaveUp.at} />
      </StateLine>
    );
  if (waiting > 0)
    return (
      <StateLine tag={<Badge tone="quiet">{t('waiting')}</Badge>}>{t('soon', { count: waiting })}</StateLine>
    );
  if (lastDeliveredAt === null)
    return <StateLine tag={<Badge tone="quiet">{t('unused')}</Badge>}>{t('never')}</StateLine>;
  return (
    <StateLine tag={<Badge tone="good">{t('working')}</Badge>}>
      {t.rich('delivered', { at: () => <Timestamp t={lastDeliveredAt} /> })}
    </StateLine>
  );
}

function StateLine({ tag, children }: { readonly tag: ReactNode; readonly children: ReactNode }) {
  return (
    <p className="mt-1 text-xs break-words text-soft">
      {tag} {children}
    </p>
  );
}

/** A channel, how it fares, and what can be done with it. */
export function ChannelRow({ channel, onChanged }: ChannelRowProps) {
  const t = useTranslations('notifications');
  const [mode, setMode] = useState<'shown' | 'edited' | 'removing'>('shown');
  const [attempt, setAttempt] = useState<Attempt>(null);
  const [said, setSaid] = useState('');
  const { id, kind, name, minSeverity } = channel;
  if (!isKind(kind)) return null;

  const test = async () => {
    setAttempt('under-way');
    setAttempt(await testChannel(id));
    await onChanged();
  };
  const remove = async () => {
    const answer = await removeChannel(id);
    if (!answer.ok) setSaid(answer.status === 0 ? t('away') : answer.detail);
    await onChanged();
  };
  const destination = destinationOf(channel);

  return (
    <li className="border-t border-line px-4 py-3 first:border-t-0">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <KindIcon kind={kind} />
        <div className="min-w-0 flex-1 basis-56">
          <h3 className="truncate text-sm font-semibold" title={name}>
            {name}
          </h3>
          <p className="truncate text-[0.8125rem] text-soft" title={destination}>
            {t(`kind.${kind}.name`)}
            {destination && ` · ${destination}`}
            {' · '}
            {t(`least.${minSeverity}`)}
          </p>
          <State channel={channel} />
        </div>
        <div className="flex w-full gap-2 sm:w-auto">
          <Button
            onClick={test}
            disabled={attempt === 'under-way'}
            aria-label={t('action.testOf', { name })}
            className="max-sm:flex-1"
          >
            {t('action.test')}
          </Button>
          <Button
            onClick={() => setMode(mode === 'edited' ? 'shown' : 'edited')}
            aria-expanded={mode === 'edited'}
            aria-label={t('action.editOf', { name })}
            className="max-sm:flex-1"
          >
            {t('action.edit')}
          </Button>
          <Button
            onClick={() => setMode(mode === 'removing' ? 'shown' : 'removing')}
            aria-expanded={mode === 'removing'}
            aria-label={t('action.removeOf', { name })}
            className="max-sm:flex-1"
          >
            {t('action.remove')}
          </Button>
        </div>
      </div>
      <div className="sm:ml-13">
        <AttemptOutcome attempt={attempt} />
        {mode === 'removing' && (
          <div className="mt-3 flex flex-wrap items-center gap-2 rounded-lg bg-raised px-3 py-2">
            <p className="min-w-0 flex-1 basis-56 text-[0.8125rem]">{said || t('remove.ask', { name })}</p>
            <Button variant="danger" onClick={remove}>
              {t('remove.yes')}
            </Button>
            <Button onClick={() => setMode('shown')}>{t('form.cancel')}</Button>
          </div>
        )}
        {mode === 'edited' && (
          <div className="mt-4">
            <ChannelForm
              kind={kind}
              channel={channel}
              onCancel={() => setMode('shown')}
              onDone={() => {
                setMode('shown');
                setAttempt(null);
                void onChanged();
              }}
            />
          </div>
        )}
      </div>
    </li>
  );
}
