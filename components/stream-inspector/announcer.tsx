'use client';

import { useTranslations } from 'next-intl';
import { useSelected } from './inspector-context';

/** Tells a screen reader of turns alone: not of frames, and not of each tenth of a second. */
export function Announcer({ isPaused }: { readonly isPaused: boolean }) {
  const t = useTranslations('stream.announce');
  const state = useSelected((session) => session.state);
  const isSlow = useSelected((session) => session.isSlow);
  const sentId = useSelected((session) => session.connections.at(-1)?.sentId ?? '');
  const say = () => {
    if (state.kind === 'waiting') return t('waiting', { seconds: Math.round(state.delayMs / 1000) });
    if (state.kind === 'refused') return t('refused', { status: state.status });
    if (isPaused) return t('paused');
    if (isSlow) return t('slow');
    if (state.kind !== 'open') return '';
    return sentId ? t('resumed', { id: sentId }) : t('open');
  };
  return (
    <p role="status" className="sr-only">
      {say()}
    </p>
  );
}
