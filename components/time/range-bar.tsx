'use client';

import { useLocale, useTranslations } from 'next-intl';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { TimeRange } from '../charts/time-domain';
import { momentText } from '../ui/moment';
import { RangeForm } from './range-form';
import { live, panned, presets, spanOf, type TimeChoice, zoomed } from './time-choice';
import type { PastStatus } from './watch-past';

export interface RangeBarProps {
  readonly choice: TimeChoice;
  /** What is shown; `null` while it is the present, and until the browser has taken the page over. */
  readonly range: TimeRange | null;
  /** One point of history stands for so long, in ms; 0 while none is known. */
  readonly stepMs: number;
  readonly status: PastStatus;
  readonly now: () => number;
  readonly onGo: (choice: TimeChoice) => void;
  readonly onRetry: () => void;
}

const look =
  'inline-flex h-8 min-w-8 shrink-0 cursor-pointer items-center justify-center gap-1.5 rounded-md px-2 text-xs whitespace-nowrap text-soft -outline-offset-2 hover:bg-raised hover:text-ink aria-pressed:bg-raised aria-pressed:font-semibold aria-pressed:text-ink aria-expanded:bg-raised';
const group = 'flex min-w-0 items-center rounded-lg border border-line bg-panel p-0.5';

interface StepProps {
  readonly label: string;
  readonly onStep: () => void;
  readonly children: ReactNode;
}

function Step({ label, onStep, children }: StepProps) {
  return (
    <button type="button" className={look} aria-label={label} title={label} onClick={onStep}>
      <span aria-hidden="true" className="text-base leading-none">
        {children}
      </span>
    </button>
  );
}

/** Chooses the time that all charts show. */
export function RangeBar({ choice, range, stepMs, status, now, onGo, onRetry }: RangeBarProps) {
  const t = useTranslations('time');
  const locale = useLocale();
  const [picks, setPicks] = useState(false);
  const pan = (share: number) => onGo(panned(choice, share, now()));
  const zoom = (factor: number) => onGo(zoomed(choice, factor, now()));
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => pan(-0.5),
    ArrowRight: () => pan(0.5),
    '+': () => zoom(0.5),
    '=': () => zoom(0.5),
    '-': () => zoom(2),
    l: () => onGo(live),
    L: () => onGo(live),
  };
  const press = (event: KeyboardEvent<HTMLElement>) => {
    const act = keys[event.key];
    const isTyped = event.target instanceof HTMLInputElement;
    if (!act || isTyped || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };
  const stepText = (ms: number) => {
    if (ms < 60_000) return t('span.second', { count: ms / 1_000 });
    return ms < 3_600_000
      ? t('span.minute', { count: ms / 60_000 })
      : t('span.hour', { count: ms / 3_600_000 });
  };
  const say = (at: number) => momentText(at, locale, range !== null && range.to - range.from < 3_600_000);

  return (
    <section aria-label={t('label')} className="flex flex-wrap items-center gap-2" onKeyDown={press}>
      <div className={`${group} overflow-x-auto [scrollbar-width:none]`} title={t('keys')}>
        <button
          type="button"
          className={look}
          aria-pressed={choice.kind === 'live'}
          title={t('liveNote')}
          onClick={() => onGo(live)}
        >
          <span
            aria-hidden="true"
            className={`size-2 rounded-full ${choice.kind === 'live' ? 'bg-good' : 'bg-faint'}`}
          />
          {t('live')}
        </button>
        {presets.map((preset) => (
          <button
            key={preset}
            type="button"
            className={look}
            aria-pressed={choice.kind === 'recent' && choice.spanMs === spanOf(preset)}
            onClick={() => onGo({ kind: 'recent', spanMs: spanOf(preset) ?? 0 })}
          >
            {preset}
          </button>
        ))}
      </div>
      <div className={group}>
        <Step label={t('earlier')} onStep={() => pan(-0.5)}>
          ‹
        </Step>
        <Step label={t('later')} onStep={() => pan(0.5)}>
          ›
        </Step>
        <Step label={t('wider')} onStep={() => zoom(2)}>
          −
        </Step>
        <Step label={t('closer')} onStep={() => zoom(0.5)}>
          +
        </Step>
        <button type="button" className={look} aria-expanded={picks} onClick={() => setPicks(!picks)}>
          {t('pick')}
        </button>
      </div>
      {picks && (
        <RangeForm
          range={range ?? { from: now() - 3_600_000, to: now() }}
          onShow={(chosen) => {
            setPicks(false);
            onGo({ kind: 'fixed', ...chosen });
          }}
        />
      )}
      {range && (
        <p className="min-w-0 text-xs text-soft" data-testid="shown-time">
          <b className="font-semibold text-ink">
            {choice.kind === 'fixed'
              ? t('between', { from: say(range.from), to: say(range.to) })
              : t('until', { from: say(range.from) })}
          </b>{' '}
          {status === 'shown' && (stepMs > 1_000 ? t('step', { step: stepText(stepMs) }) : t('exact'))}
          {status === 'loading' && t('loading')}
          {status === 'failed' && (
            <span role="alert" className="text-bad">
              {t('failed')}{' '}
              <button type="button" className="cursor-pointer underline underline-offset-2" onClick={onRetry}>
                {t('retry')}
              </button>
            </span>
          )}
        </p>
      )}
    </section>
  );
}
