'use client';

import { useTranslations } from 'next-intl';
import { useLive } from '@/lib/client/react/hooks';

const looks = {
  reconnecting: { dot: 'bg-warn', text: 'text-warn' },
  offline: { dot: 'bg-bad', text: 'text-bad' },
  ended: { dot: 'bg-faint', text: 'text-soft' },
  refused: { dot: 'bg-bad', text: 'text-bad' },
} as const;

/** What the badge is on the dashboard, for where there is no room: says nothing while all is well. */
export function ConnectionSign() {
  const t = useTranslations('connection');
  const state = useLive((store) => store.state);
  const transport = useLive((store) => store.transport);
  const look = state === 'connecting' || state === 'live' ? null : looks[state];
  return (
    <output aria-label={t('label')} data-state={state} data-transport={transport} className="ml-auto text-xs">
      {look && (
        <span className={`flex items-center gap-1.5 ${look.text}`}>
          <span aria-hidden="true" className={`size-2 rounded-full ${look.dot}`} />
          <span className="sign-text">{t(state)}</span>
        </span>
      )}
    </output>
  );
}
