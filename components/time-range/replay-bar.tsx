'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useId } from 'react';
import type { TimeRange } from '@/lib/charts/time-axis';
import type { DisplayStore } from '@/lib/client/store/pausable';
import type { LoggedType } from '@/lib/protocol/event-types';
import { momentText } from '../ui/moment';
import { type ReplaySpeed, replaySpeeds } from './time-choice';
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

const icons = { pause: 'M8 5v14M16 5v14', play: 'M8 5l11 7-11 7Z', again: 'M5 12a7 7 0 1 0 2.5-5.4M5 4v4h4' };
const button =
  'inline-flex h-9 min-w-9 shrink-0 cursor-pointer items-center justify-center rounded-lg border border-line bg-page px-2 text-xs text-soft hover:bg-raised hover:text-ink aria-pressed:border-warn/70 aria-pressed:font-semibold aria-pressed:text-ink';

/** Says at all times that this is the past, and at which moment; plays, stops, and goes to any other moment. */
export function ReplayBar({ live, types, range, speed, onStore, onSpeed, onLeave }: ReplayBarProps) {
  const t = useTranslations('time.replay');
  const locale = useLocale();
  const id = useId();
  const { state, at, play, pause, seek } = useReplay({ live, types, range, speed, onStore });
  const moment = momentText(at, locale);
  const isPlaying = state === 'playing' || state === 'opening' || state === 'lost';
  const ended = state === 'over' || state === 'present';
  const act = isPlaying ? 'pause' : ended || state === 'failed' ? 'again' : 'play';

  return (
    <section
      aria-label={t('label')}
      data-testid="replay"
      className="sticky top-16 z-10 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border border-warn/60 bg-panel px-3 py-2 shadow-lg"
    >
      <button
        type="button"
        className={button}
        aria-label={t(act)}
        title={t(act)}
        onClick={isPlaying ? pause : play}
      >
        <svg
          aria-hidden="true"
          viewBox="0 0 24 24"
          className="size-4"
          fill={act === 'play' ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeWidth="2.2"
          strokeLinecap="round"
          strokeLinejoin="round"
        >
          <path d={icons[act]} />
        </svg>
      </button>
      <p className="flex min-w-0 items-baseline gap-2 whitespace-nowrap">
        <b className="rounded bg-warn/15 px-1.5 py-0.5 text-[0.6875rem] font-semibold tracking-wide text-warn uppercase">
          {t('tag')}
        </b>
        <time
          dateTime={new Date(at).toISOString()}
          className="text-base font-semibold tabular-nums"
          data-testid="replay-clock"
        >
          {moment}
        </time>
      </p>
      <label htmlFor={id} className="sr-only">
        {t('moment')}
      </label>
      <input
        id={id}
        type="range"
        min={range.from}
        max={range.to}
        step={1_000}
        value={Math.round(at)}
        aria-valuetext={moment}
        onChange={({ target }) => seek(Number(target.value))}
        className="h-9 min-w-32 flex-[1_1_12rem] cursor-pointer accent-warn"
      />
      <fieldset className="flex items-center gap-1" aria-label={t('speed')}>
        {replaySpeeds.map((one) => (
          <button
            key={one}
            type="button"
            className={button}
            aria-pressed={one === speed}
            onClick={() => onSpeed(one)}
          >
            {one}×
          </button>
        ))}
      </fieldset>
      <button type="button" className={button} onClick={onLeave}>
        {t('leave')}
      </button>
      <p role="status" className="basis-full text-xs text-soft empty:hidden">
        {state === 'playing' || state === 'paused' ? '' : t(`state.${state}`)}
      </p>
    </section>
  );
}
