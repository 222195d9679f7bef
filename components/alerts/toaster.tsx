'use client';

import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useState } from 'react';
import { useAlertSync } from '@/lib/client/react/alerts';
import { Button, LinkButton } from '../ui/button';
import { Toast, ToastStack } from '../ui/toast';
import { type AlertText, useAlertText } from './alert-text';
import { SeverityIcon, toneHue, toneOf } from './severity';
import { lifeMs, type Toast as Notice, noToasts, shownToasts, toastsAfter, withoutToast } from './toasts';

function useToastName(words: AlertText) {
  const t = useTranslations('alerts.toast');
  return ({ alert, firing }: Notice) => {
    const name = words.name(alert);
    if (firing.length > 1) return t('grouped', { first: name, count: firing.length - 1 });
    return firing.length === 0 && alert.state === 'resolved' ? t('resolved', { name }) : name;
  };
}

interface AlertToastProps {
  readonly notice: Notice;
  readonly words: AlertText;
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

/** Toasts of alerts as they fire and are resolved: a few at a time, announced to screen readers. */
export function Toaster() {
  const t = useTranslations('alerts');
  const sync = useAlertSync();
  const words = useAlertText();
  const nameOf = useToastName(words);
  const [list, setList] = useState(noToasts);
  const [onGone] = useState(() => (key: string) => setList((old) => withoutToast(old, key)));
  const dismissAll = () => setList((old) => ({ ...old, toasts: [] }));

  useEffect(
    () =>
      sync.onEvents((events) => {
        const silenced = new Set(
          sync.alerts.all.filter(({ silencedUntil }) => silencedUntil !== null).map(({ alertId }) => alertId),
        );
        setList((old) =>
          toastsAfter(
            old,
            events.filter(({ alertId }) => !silenced.has(alertId)),
          ),
        );
      }),
    [sync],
  );

  const say = (toasts: readonly Notice[]) =>
    toasts
      .map((toast) => {
        const { alert, firing } = toast;
        const values = {
          name: firing.length === 0 ? words.name(alert) : nameOf(toast),
          text: words.text(alert),
        };
        return firing.length === 0 && alert.state === 'resolved'
          ? t('toast.announceResolved', values)
          : t('toast.announce', { ...values, severity: t(`severity.${alert.severity}`) });
      })
      .join(' ');
  const hidden = list.toasts.length - shownToasts;

  return (
    <>
      <p role="alert" className="sr-only">
        {say(list.urgent)}
      </p>
      <p role="status" className="sr-only" data-testid="calm-announcements">
        {say(list.calm)}
      </p>
      {list.toasts.length > 0 && (
        <ToastStack
          label={t('toast.label')}
          onDismissAll={dismissAll}
          footer={
            list.toasts.length > 1 && (
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
            list.toasts
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
