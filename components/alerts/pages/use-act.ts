'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { type Result, request } from '@/lib/client/http';
import { useAlertSync } from '@/lib/client/react/alerts';

export interface Acting {
  readonly isBusy: boolean;
  /** Why the last request failed, in words; `null` when it succeeded. */
  readonly problem: string | null;
  /** Sends a change to the server, and refreshes the page. */
  act<T>(method: string, path: string, body?: unknown): Promise<Result<T>>;
}

export function useAct(): Acting {
  const t = useTranslations('alertPages');
  const router = useRouter();
  const sync = useAlertSync();
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  return {
    isBusy,
    problem,
    async act(method, path, body) {
      setIsBusy(true);
      const answer = await request<never>(path, { method, body });
      await sync.refresh();
      setProblem(answer.ok ? null : t('failed', { detail: answer.detail || t('away') }));
      setIsBusy(false);
      // Without an answer Next would leave the page for the browser's own error page.
      if (answer.ok) router.refresh();
      return answer;
    },
  };
}
