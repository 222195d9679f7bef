'use client';

import { useCallback, useEffect, useState } from 'react';
import type { DeadLetter, ShownChannel } from '@/lib/protocol/notifications';
import { fetchChannels, fetchDead } from './api';

export interface Notifications {
  readonly channels: readonly ShownChannel[];
  readonly dead: readonly DeadLetter[];
}

const refreshEveryMs = 4_000;

/** What the server has, asked again while somebody looks. What is the same stays the same object. */
export function useNotifications(initial: Notifications) {
  const [shown, setShown] = useState(initial);

  const refresh = useCallback(async () => {
    const [channels, dead] = await Promise.all([fetchChannels(), fetchDead()]);
    if (!channels.ok || !dead.ok) return;
    const next = { channels: channels.value.items, dead: dead.value.items };
    setShown((before) => (JSON.stringify(before) === JSON.stringify(next) ? before : next));
  }, []);

  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void refresh();
    };
    const timer = setInterval(look, refreshEveryMs);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [refresh]);

  return { ...shown, refresh };
}
