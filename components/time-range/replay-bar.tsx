'use client';

import { useLocale, useTranslations } from 'next-intl';
import type { TimeRange } from '@/lib/charts/time-axis';
import type { DisplayStore } from '@/lib/client/store/display-store';
import type { LoggedType } from '@/lib/protocol/event-types';
import { type ReplaySpeed, replaySpeeds } from '@/lib/protocol/limits';
import { Badge } from '../ui/badge';
import { Button, IconButton } from '../ui/button';
import { Icon } from '../ui/icon';
import { Slider } from '../ui/slider';
import { timestampText } from '../ui/timestamp';
import { useReplay } from './use-replay';

export interface ReplayBarProps {
  readonly live: DisplayStore;
  readonly types: readonly LoggedType[];
  readonly range: TimeRange;
  readonly speed: ReplaySpeed;
  readonly onStore: (store: DisplayStore | null) => void;
  readonly onSpeed: (speed: ReplaySpeed) => void;
  /** Shows the stretch as a whole again. */
  readonly onLeave: () => void;
}

/** Shows that this is a replay, and its time; plays, pauses, and goes to any other time. */
export function ReplayBar({ live, types, range, speed, onStore, onSpeed, onLeave }: ReplayBarProps) {
  const t = useTranslations('time.replay');
  const locale = useLocale();
  const { state, at, play, pause, seek } = useReplay({ live, types, range, speed, onStore });
  const timeText = timestampText(at, locale);
  const isPlaying = state === 'playing' || state === 'opening' || state === 'lost';
  const ended = state === 'over' || state === 'present';
  const act = isPlaying ? 'pause' : ended || state === 'failed' ? 'again' : 'play';

  return (
    <section
      aria-label={t('label')}
      data-testid="replay"
      className="sticky top-16 z-10 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border border-warn/60 bg-panel px-3 py-2 shadow-lg"
    >
      <IconButton label={t(act)} onClick={isPlaying ? pause : play}>
        <Icon name={act} />
      </IconButton>
      <p className="flex min-w-0 items-baseline gap-2 whitespace-nowrap">
        <Badge tone="warn">{t('tag')}</Badge>
        <time
          dateTime={new Date(at).toISOString()}
          className="text-base font-semibold tabular-nums"
          data-testid="replay-clock"
        >
          {timeText}
        </time>
      </p>
      <Slider
        label={t('moment')}
        min={range.from}
        max={range.to}
        step={1_000}
        value={Math.round(at)}
        valueText={timeText}
        onChange={seek}
        className="flex-[1_1_12rem] accent-warn"
      />
      <fieldset className="flex items-center gap-1" aria-label={t('speed')}>
        {replaySpeeds.map((one) => (
          <Button key={one} aria-pressed={one === speed} onClick={() => onSpeed(one)}>
            {one}×
          </Button>
        ))}
      </fieldset>
      <Button onClick={onLeave}>{t('leave')}</Button>
      <p role="status" className="basis-full text-xs text-soft empty:hidden">
        {state === 'playing' || state === 'paused' ? '' : t(`state.${state}`)}
      </p>
    </section>
  );
}
