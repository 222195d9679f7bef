'use client';

import { useTranslations } from 'next-intl';
import type { Result } from '@/lib/client/http';
import type { AttemptResult } from '@/lib/protocol/notifications';

export type Attempt = 'under-way' | Result<AttemptResult> | null;

/** The outcome of an attempt that was requested; a screen reader announces it. */
export function AttemptOutcome({ attempt }: { readonly attempt: Attempt }) {
  const t = useTranslations('notifications');
  const say = (): readonly [tone: string, words: string] => {
    if (attempt === null) return ['', ''];
    if (attempt === 'under-way') return ['text-soft', t('test.underWay')];
    if (!attempt.ok) return ['text-bad', attempt.status === 0 ? t('away') : attempt.detail];
    const { delivered, detail, durationMs } = attempt.value;
    return delivered
      ? ['text-good', t('test.delivered', { duration: durationMs })]
      : ['text-bad', t('test.failed', { detail })];
  };
  const [tone, words] = say();
  return (
    <output className={`mt-2 block text-[0.8125rem] break-words empty:hidden ${tone}`} aria-live="polite">
      {words}
    </output>
  );
}
