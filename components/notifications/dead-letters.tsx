'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { DeadLetter } from '@/lib/protocol/notifications';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { Timestamp } from '../ui/timestamp';
import { discardLetter, retryLetter } from './api';
import { type Attempt, AttemptOutcome } from './attempt-outcome';

interface LetterProps {
  readonly letter: DeadLetter;
  readonly onChanged: () => Promise<void>;
}

const namesShown = 3;

function Letter({ letter, onChanged }: LetterProps) {
  const t = useTranslations('notifications');
  const [attempt, setAttempt] = useState<Attempt>(null);
  const { id, alerts, channelName, attempts, diedAt, reason } = letter;
  const names = alerts
    .slice(0, namesShown)
    .map(({ name, state }) => (state === 'resolved' ? t('dead.resolved', { name }) : name));
  const title =
    alerts.length > namesShown
      ? t('dead.more', { names: names.join(', '), count: alerts.length - namesShown })
      : names.join(', ');
  const retry = async () => {
    setAttempt('under-way');
    const answer = await retryLetter(id);
    setAttempt(answer);
    await onChanged();
  };
  const discard = async () => {
    const answer = await discardLetter(id);
    if (!answer.ok) setAttempt(answer);
    await onChanged();
  };
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 border-t border-line px-4 py-3 first:border-t-0">
      <div className="min-w-0 flex-1 basis-56">
        <h3 className="text-sm font-semibold break-words">{title}</h3>
        <p className="text-[0.8125rem] break-words text-soft">
          {t('dead.why', { channel: channelName, reason, attempts })} · <Timestamp t={diedAt} />
        </p>
        <AttemptOutcome attempt={attempt} />
      </div>
      <div className="flex w-full gap-2 sm:w-auto">
        <Button
          onClick={retry}
          disabled={attempt === 'under-way'}
          aria-label={t('dead.retryOf', { name: title })}
          className="max-sm:flex-1"
        >
          {t('dead.retry')}
        </Button>
        <Button onClick={discard} aria-label={t('dead.discardOf', { name: title })} className="max-sm:flex-1">
          {t('dead.discard')}
        </Button>
      </div>
    </li>
  );
}

/** What was given up on, newest first. */
export function DeadLetters({
  dead,
  onChanged,
}: {
  readonly dead: readonly DeadLetter[];
  readonly onChanged: () => Promise<void>;
}) {
  const t = useTranslations('notifications.dead');
  return (
    <section aria-labelledby="dead">
      <h2 id="dead" className="mb-1 text-base font-semibold">
        {t('title')}
      </h2>
      <p className="mb-2 text-[0.8125rem] text-soft">{dead.length === 0 ? t('none') : t('about')}</p>
      {dead.length > 0 && (
        <Card as="ul">
          {dead.map((letter) => (
            <Letter key={letter.id} letter={letter} onChanged={onChanged} />
          ))}
        </Card>
      )}
    </section>
  );
}
