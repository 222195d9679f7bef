import { useSearchParams } from 'next/navigation';
import { type ReactNode, useMemo } from 'react';
import { LiveView, useLiveStore } from '@/lib/client/react/hooks';
import type { LoggedType } from '@/lib/protocol/event-types';
import { type TimeView, TimeViewContext } from '../charts/time-view';
import { useHydrated } from '../ui/use-hydrated';
import { BadTime } from './bad-time';
import { choiceOf } from './time-choice';
import { usePast } from './use-past';

export interface EmbedTimeProps {
  readonly types: readonly LoggedType[];
  readonly children: ReactNode;
}

/** A panel alone that shows the time which its address asks for. Nobody can choose another one there. */
export function EmbedTime({ types, children }: EmbedTimeProps) {
  const store = useLiveStore();
  const search = useSearchParams();
  const isHydrated = useHydrated();
  const choice = useMemo(() => choiceOf(search, store.hostNow()), [search, store]);
  const { past } = usePast(store, types, isHydrated ? choice : null, null);
  const view = useMemo<TimeView>(
    () => ({ past, shows: past ? 'past' : 'present', marks: [], gaps: [], select: undefined }),
    [past],
  );
  return (
    <TimeViewContext value={view}>
      <LiveView store={past?.store ?? null}>
        <div className="flex h-full flex-col">
          <BadTime search={search} />
          <div className="min-h-0 flex-1">{children}</div>
        </div>
      </LiveView>
    </TimeViewContext>
  );
}
