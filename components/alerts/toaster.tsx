'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { useAlertSync } from '@/lib/client/react/alerts';
import { SeverityIcon, toneHue, toneOf } from './severity';
import { emptyShelf, lifeMs, shownToasts, type Toast, withNews, without } from './toasts';
import { type AlertWords, useAlertWords } from './words';

interface CardProps {
  readonly toast: Toast;
  readonly words: AlertWords;
  readonly isHeld: boolean;
  readonly onGone: (key: string) => void;
}

function useToastName(words: AlertWords) {
  const t = useTranslations('alerts.toast');
  return ({ alert, firing }: Toast) => {
    const name = words.name(alert);
    if (firing.length > 1) return t('grouped', { first: name, count: firing.length - 1 });
    return firing.length === 0 && alert.state === 'resolved' ? t('resolved', { name }) : name;
  };
}

function Card({ toast, words, isHeld, onGone }: CardProps) {
  const t = useTranslations('alerts.toast');
  const nameOf = useToastName(words);
  const { key, version, alert } = toast;
  const life = lifeMs(toast);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each new word has its whole time.
  useEffect(() => {
    if (life === null || isHeld) return;
    const timer = setTimeout(() => onGone(key), life);
    return () => clearTimeout(timer);
  }, [key, version, life, isHeld, onGone]);

  const tone = toneOf(alert);
  const name = nameOf(toast);
  const text = (
    <>
      <b className="block leading-5 font-semibold text-ink [overflow-wrap:anywhere]">{name}</b>
      <span className="line-clamp-2 text-xs leading-5 text-soft">{words.text(alert)}</span>
    </>
  );
  return (
    <li
      data-testid="toast"
      data-severity={alert.severity}
      className="toast pointer-events-auto flex items-start gap-2.5 overflow-hidden rounded-xl border border-line bg-panel py-2.5 pr-1.5 pl-3 text-[0.8125rem] shadow-xl"
      style={{ borderLeft: `3px solid ${toneHue[tone]}` }}
    >
      <SeverityIcon tone={tone} className="mt-0.5 size-4" />
      {alert.ruleId === null ? (
        <span className="min-w-0 flex-1">{text}</span>
      ) : (
        <a href={`/alerts/${encodeURIComponent(alert.alertId)}`} className="min-w-0 flex-1 rounded">
          {text}
        </a>
      )}
      <button
        type="button"
        aria-label={t('dismissNamed', { name })}
        title={t('dismiss')}
        onClick={() => onGone(key)}
        className="grid size-7 shrink-0 cursor-pointer place-items-center rounded-md text-soft hover:bg-raised hover:text-ink"
      >
        <svg aria-hidden="true" viewBox="0 0 24 24" className="size-4" stroke="currentColor" strokeWidth="2">
          <path d="m6 6 12 12M18 6 6 18" />
        </svg>
      </button>
    </li>
  );
}

/** Notices of alerts as they fire and end. Few at a time, and told to a screen reader. */
export function Toaster() {
  const t = useTranslations('alerts');
  const desk = useAlertSync();
  const words = useAlertWords();
  const nameOf = useToastName(words);
  const [shelf, setShelf] = useState(emptyShelf);
  const [isHeld, setIsHeld] = useState(false);
  const [onGone] = useState(() => (key: string) => setShelf((old) => without(old, key)));

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

  const say = (toasts: readonly Toast[]) =>
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
        <section
          aria-label={t('toast.label')}
          onPointerEnter={() => setIsHeld(true)}
          onPointerLeave={() => setIsHeld(false)}
          onFocus={() => setIsHeld(true)}
          onBlur={() => setIsHeld(false)}
          onKeyDown={({ key }) => {
            if (key === 'Escape') setShelf((old) => ({ ...old, toasts: [] }));
          }}
          className="pointer-events-none fixed inset-x-3 bottom-3 z-30 sm:left-auto sm:w-[24rem]"
        >
          <ol className="grid gap-2">
            {shelf.toasts.slice(0, shownToasts).map((toast) => (
              <Card key={toast.key} toast={toast} words={words} isHeld={isHeld} onGone={onGone} />
            ))}
          </ol>
          {shelf.toasts.length > 1 && (
            <p className="pointer-events-auto mt-2 flex justify-end gap-3 text-xs">
              {hidden > 0 && (
                <a
                  href="/alerts"
                  className="rounded-md border border-line bg-panel px-2 py-1 text-soft shadow hover:text-ink"
                >
                  {t('toast.more', { count: hidden })}
                </a>
              )}
              <button
                type="button"
                onClick={() => setShelf((old) => ({ ...old, toasts: [] }))}
                className="cursor-pointer rounded-md border border-line bg-panel px-2 py-1 text-soft shadow hover:text-ink"
              >
                {t('toast.dismissAll')}
              </button>
            </p>
          )}
        </section>
      )}
    </>
  );
}
