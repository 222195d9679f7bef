'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';

const icons = { pause: 'M8 5v14M16 5v14', resume: 'M8 5l11 7-11 7Z' } as const;

/** Stops what is shown, not what comes. With Alt, since a letter alone is for reading aids and text fields. */
export function PauseButton() {
  const t = useTranslations('pause');
  const locale = useLocale();
  const store = useLiveStore();
  const pausedAt = useLive((live) => live.pausedAt);
  const isPaused = pausedAt !== null;

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // By its place, since Option+P types another letter on a Mac.
      if (event.code !== 'KeyP' || !event.altKey || event.ctrlKey || event.metaKey || event.repeat) return;
      event.preventDefault();
      toggle();
    };
    const toggle = () => (store.pausedAt === null ? store.pause() : store.resume());
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [store]);

  const label = isPaused ? t('resume') : t('pause');
  return (
    <button
      type="button"
      onClick={isPaused ? store.resume : store.pause}
      aria-label={label}
      aria-keyshortcuts="Alt+P"
      title={label}
      className={`flex h-9 min-w-9 cursor-pointer items-center justify-center gap-1.5 rounded-lg border px-2.5 text-[0.8125rem] hover:bg-raised hover:text-ink ${isPaused ? 'border-warn/60 text-warn' : 'border-line text-soft'}`}
    >
      <svg
        aria-hidden="true"
        viewBox="0 0 24 24"
        className="size-4"
        fill={isPaused ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d={isPaused ? icons.resume : icons.pause} />
      </svg>
      {isPaused && (
        <span className="hidden lg:inline">
          {t('paused', { time: new Date(pausedAt).toLocaleTimeString(locale, { hourCycle: 'h23' }) })}
        </span>
      )}
    </button>
  );
}
