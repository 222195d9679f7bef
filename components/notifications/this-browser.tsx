'use client';

import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { ShownChannel } from '@/lib/protocol/notifications';
import { Card } from '../ui/card';
import { Radio } from '../ui/radio';
import { type BrowserMode, browserName, canPush, modeOf, type Obstacle, obstacle, setMode } from './browser';
import { KindIcon } from './kind-icon';

interface BrowserState {
  readonly obstacle: Obstacle;
  readonly mode: BrowserMode;
  readonly canPush: boolean;
  readonly isAsked: boolean;
}

const modes = ['off', 'desktop', 'push'] as const;

const look = (channels: readonly ShownChannel[]): BrowserState => ({
  obstacle: obstacle(),
  mode: modeOf(channels),
  canPush: canPush(),
  isAsked: typeof Notification !== 'undefined' && Notification.permission !== 'default',
});

/** How this one browser is told, and what stands in the way. */
export function ThisBrowser({
  channels,
  onChanged,
}: {
  readonly channels: readonly ShownChannel[];
  readonly onChanged: () => Promise<void>;
}) {
  const t = useTranslations('notifications.browser');
  /** `null` on the server, which knows nothing of the browser. */
  const [state, setState] = useState<BrowserState | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState('');

  useEffect(() => {
    const refresh = () => setState(look(channels));
    refresh();
    // A permission may be given or taken beside the page.
    window.addEventListener('focus', refresh);
    return () => window.removeEventListener('focus', refresh);
  }, [channels]);

  const choose = async (mode: BrowserMode) => {
    setBusy(true);
    setError('');
    setState((before) => before && { ...before, mode });
    try {
      await setMode(mode, browserName());
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      setError(reason === 'away' ? t('away') : t('failed', { reason }));
    }
    await onChanged();
    setBusy(false);
    setState(look(channels));
  };

  const isBarred = state !== null && state.obstacle !== null;
  return (
    <Card aria-labelledby="browser" className="p-4">
      <div className="flex items-start gap-4">
        <KindIcon kind="webpush" />
        <div className="min-w-0 flex-1">
          <h2 id="browser" className="text-sm font-semibold">
            {t('title')}
          </h2>
          <p className="text-[0.8125rem] text-soft">{t('about')}</p>
        </div>
      </div>
      <fieldset disabled={state === null || isBarred || isBusy} className="mt-3 grid gap-2 sm:grid-cols-3">
        <legend className="sr-only">{t('title')}</legend>
        {modes.map((mode) => (
          <Radio
            key={mode}
            group="browser-mode"
            value={mode}
            isChosen={(state?.mode ?? 'off') === mode}
            disabled={mode === 'push' && state?.canPush === false}
            onChoose={() => void choose(mode)}
            appearance="card"
          >
            <span className="min-w-0">
              <span className="block text-[0.8125rem] font-medium">{t(`mode.${mode}`)}</span>
              <span className="block text-xs text-soft">
                {mode === 'push' && state?.canPush === false ? t('noPush') : t(`modeHint.${mode}`)}
              </span>
            </span>
          </Radio>
        ))}
      </fieldset>
      <p role="status" className={`mt-2 min-h-4 text-xs ${error || isBarred ? 'text-warn' : 'text-soft'}`}>
        {error ||
          (state?.obstacle
            ? t(`obstacle.${state.obstacle}`)
            : isBusy
              ? t('busy')
              : state && !state.isAsked
                ? t('willAsk')
                : '')}
      </p>
    </Card>
  );
}
