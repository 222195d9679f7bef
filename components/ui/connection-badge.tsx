'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useLive, useLiveStore } from '@/lib/client/react/hooks';
import { StatusDot, statusText } from './status-dot';

const tones = {
  connecting: 'quiet',
  live: 'good',
  reconnecting: 'warn',
  offline: 'bad',
  ended: 'quiet',
  refused: 'bad',
} as const;

/** Whether the page shows the present. */
export function ConnectionBadge() {
  const t = useTranslations('connection');
  const state = useLive((store) => store.state);
  const transport = useLive((store) => store.transport);
  const store = useLiveStore();
  const [latency, setLatency] = useState('');
  /** Looked up when it is asked for: nobody watches it. */
  const measure = () => {
    const { p50, p95 } = store.latency();
    setLatency(
      p50 === null || p95 === null ? '' : t('latency', { p50: Math.round(p50), p95: Math.round(p95) }),
    );
  };
  return (
    <output
      aria-label={t('label')}
      title={latency}
      onPointerEnter={measure}
      data-state={state}
      data-transport={transport}
      className={`flex h-9 min-w-9 pointer-coarse:h-11 pointer-coarse:min-w-11 items-center justify-center gap-2 rounded-lg border border-line px-2.5 text-[0.8125rem] sm:min-w-[8.25rem] sm:justify-start sm:px-3 ${statusText(tones[state])}`}
    >
      <StatusDot tone={tones[state]} />
      {/* On a phone the host's name needs the room; that all is well, or is about to be, the dot says. */}
      <span className={state === 'live' || state === 'connecting' ? 'sr-only sm:not-sr-only' : ''}>
        {t(state)}
      </span>
    </output>
  );
}
