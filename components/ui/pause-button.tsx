'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import { IconButton } from './button';
import { Icon } from './icon';
import { timestampText } from './timestamp';

/** Pauses the display while data still arrives. With Alt: single letters belong to reading aids and text fields. */
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

  return (
    <IconButton
      label={isPaused ? t('resume') : t('pause')}
      aria-keyshortcuts="Alt+P"
      onClick={isPaused ? store.resume : store.pause}
      className={isPaused ? 'border-warn/60! text-warn!' : ''}
    >
      <Icon name={isPaused ? 'play' : 'pause'} />
      {isPaused && (
        <span className="hidden lg:inline">{t('paused', { time: timestampText(pausedAt, locale) })}</span>
      )}
    </IconButton>
  );
}
