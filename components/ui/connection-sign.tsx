'use client';

import { useTranslations } from 'next-intl';
import { useLive } from '@/lib/client/react/hooks';
import { StatusDot, statusText } from './status-dot';

const tones = { reconnecting: 'warn', offline: 'bad', ended: 'quiet', refused: 'bad' } as const;

/** What the badge is on the dashboard, for where there is no room: says nothing while all is well. */
export function ConnectionSign() {
  const t = useTranslations('connection');
  const state = useLive((store) => store.state);
  const transport = useLive((store) => store.transport);
  const tone = state === 'connecting' || state === 'live' ? null : tones[state];
  return (
    <output aria-label={t('label')} data-state={state} data-transport={transport} className="ml-auto text-xs">
      {tone && (
        <span className={`flex items-center gap-1.5 ${statusText(tone)}`}>
          <StatusDot tone={tone} />
          <span className="sign-text">{t(state)}</span>
        </span>
      )}
    </output>
  );
}
