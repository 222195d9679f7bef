'use client';

import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useState } from 'react';
import { useAlertSync } from '@/lib/client/react/alerts';
import { Button, LinkButton } from '../ui/button';
import { Toast, ToastStack } from '../ui/toast';
import { SeverityIcon, toneHue, toneOf } from './severity';
import { emptyShelf, lifeMs, type Toast as Notice, shownToasts, withNews, without } from './toasts';
import { type AlertWords, useAlertWords } from './words';

function useToastName(words: AlertWords) {
  const t = useTranslations('alerts.toast');
  return ({ alert, firing }: Notice) => {
    const name = words.name(alert);
    if (firing.length > 1) return t('grouped', { first: name, count: firing.length - 1 });
    return firing.length === 0 && alert.state === 'resolved' ? t('resolved', { name }) : name;
  };
}

interface AlertToastProps {
  readonly notice: Notice;
  readonly words: AlertWords;
  readonly isHeld: boolean;
  readonly onGone: (key: string) => void;
}

function AlertToast({ notice, words, isHeld, onGone }: AlertToastProps) {
  const t = useTranslations('alerts.toast');
  const { key, version, alert } = notice;
  const tone = toneOf(alert);
  const name = useToastName(words)(notice);
  const leave = useCallback(() => onGone(key), [key, onGone]);
  return (
    <Toast
      severity={alert.severity}
      hue={toneHue[tone]}
      icon={<SeverityIcon tone={tone} className="mt-0.5 size-4" />}
      href={alert.ruleId === null ? null : `/alerts/${encodeURIComponent(alert.alertId)}`}
      title={name}
      text={words.text(alert)}
      dismissLabel={t('dismissNamed', { name })}
      dismissHint={t('dismiss')}
      lifeMs={lifeMs(notice)}
      version={version}
      isHeld={isHeld}
      onGone={leave}
    />
  );
}

/** Notices of alerts as they fire and end. Few at a time, and told to a screen reader. */
export function Toaster() {
  const t = useTranslations('alerts');
  const desk = useAlertSync();
  const words = useAlertWords();
  const nameOf = useToastName(words);
  const [shelf, setShelf] = useState(emptyShelf);
  const [onGone] = useState(() => (key: string) => setShelf((old) => without(old, key)));
  const dismissAll = () => setShelf((old) => ({ ...old, toasts: [] }));

  useEffect(
    () =>
      desk.onEvents((events) => {
        const silenced = new Set(
          desk.alerts.all.filter(({ silencedUntil }) => silencedUntil !== null).map(({ alertId }) => alertId),
        );
        setShelf((old) =>
          withNews(
            old,
            events.filter(({ alertId }) => !silenced.has(alertId)),
          ),
        );
      }),
    [desk],
  );

  const say = (toasts: readonly Notice[]) =>
    toasts
      .map((toast) => {
        const { alert, firing } = toast;
        const told = {
          name: firing.length === 0 ? words.name(alert) : nameOf(toast),
          text: words.text(alert),
        };
        return firing.length === 0 && alert.state === 'resolved'
          ? t('toast.announceResolved', told)
          : t('toast.announce', { ...told, severity: t(`severity.${alert.severity}`) });
      })
      .join(' ');
  const hidden = shelf.toasts.length - shownToasts;

  return (
    <>
      <p role="alert" className="sr-only">
        {say(shelf.urgent)}
      </p>
      <p role="status" className="sr-only" data-testid="calm-news">
        {say(shelf.calm)}
      </p>
      {shelf.toasts.length > 0 && (
        <ToastStack
          label={t('toast.label')}
          onDismissAll={dismissAll}
          footer={
            shelf.toasts.length > 1 && (
              <>
                {hidden > 0 && (
                  <LinkButton href="/alerts" size="sm">
                    {t('toast.more', { count: hidden })}
                  </LinkButton>
                )}
                <Button size="sm" onClick={dismissAll}>
                  {t('toast.dismissAll')}
                </Button>
              </>
            )
          }
        >
          {(isHeld) =>
            shelf.toasts
              .slice(0, shownToasts)
              .map((notice) => (
                <AlertToast key={notice.key} notice={notice} words={words} isHeld={isHeld} onGone={onGone} />
              ))
          }
        </ToastStack>
      )}
    </>
  );
}
