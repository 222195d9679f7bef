'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { useLive } from '@/lib/client/react/hooks';
import type { Past, PastStatus } from '../charts/time-view';
import { Button, ButtonGroup, IconButton, LinkButton, TextButton } from '../ui/button';
import { annotationCount } from './annotation-count';
import type { Opened } from './control-input';
import { ShownTime } from './shown-time';
import { live, presets, spanOf, type TimeChoice } from './time-choice';

export interface RangeBarProps {
  readonly choice: TimeChoice;
  /** `null` while the present is shown, and until the browser has taken the page over. */
  readonly past: Past | null;
  readonly status: PastStatus;
  readonly onGo: (choice: TimeChoice) => void;
  /** What a key does, its button does too. */
  readonly onKey: (key: string) => void;
  readonly onRetry: () => void;
  /** Whether the reader came here from another time. */
  readonly canGoBack: boolean;
  readonly opened: Opened;
  readonly onOpen: (opened: Opened) => void;
  /** The address of the shown range as a file; `null` where it is too long for one. */
  readonly exportAddress: (() => string) | null;
  readonly isReplayed: boolean;
  /** Plays the time that is shown, or no longer does. */
  readonly onReplay: () => void;
  /** What happened in this time; until it is there, how much. */
  readonly track: ReactNode;
  /** What else can be done with the time that is shown. */
  readonly children?: ReactNode;
}

/** On a phone each group has a row. */
const wide = 'max-sm:grow max-sm:*:grow';

interface StepProps {
  readonly label: string;
  readonly onStep: () => void;
  readonly disabled?: boolean;
  readonly expanded?: boolean;
  readonly children: ReactNode;
}

function Step({ label, onStep, disabled = false, expanded, children }: StepProps) {
  return (
    <IconButton
      label={label}
      variant="quiet"
      size="sm"
      aria-expanded={expanded}
      disabled={disabled}
      onClick={onStep}
    >
      <span aria-hidden="true" className="text-base leading-none">
        {children}
      </span>
    </IconButton>
  );
}

/** Chooses the time that all charts show. */
export function RangeBar(props: RangeBarProps) {
  const { choice, past, status, onGo, onKey, onRetry, canGoBack, opened, onOpen } = props;
  const { isReplayed, onReplay, exportAddress, track, children } = props;
  const t = useTranslations('time');
  const count = useLive(annotationCount);
  const toggle = (name: Opened) => onOpen(opened === name ? null : name);

  return (
    <section
      aria-label={t('label')}
      data-time-bar
      className="flex flex-wrap items-center gap-x-1 gap-y-2 sm:gap-x-2"
    >
      <ButtonGroup className={`${wide} overflow-x-auto [scrollbar-width:none] max-sm:*:px-1`}>
        <Button
          variant="quiet"
          size="sm"
          aria-pressed={choice.kind === 'live'}
          title={t('liveNote')}
          onClick={() => onGo(live)}
        >
          <span
            aria-hidden="true"
            className={`size-2 rounded-full ${choice.kind === 'live' ? 'bg-good' : 'bg-faint'}`}
          />
          {t('live')}
        </Button>
        {presets.map((preset) => (
          <Button
            key={preset}
            variant="quiet"
            size="sm"
            aria-pressed={choice.kind === 'recent' && choice.spanMs === spanOf(preset)}
            onClick={() => onGo({ kind: 'recent', spanMs: spanOf(preset) ?? 0 })}
          >
            {preset}
          </Button>
        ))}
      </ButtonGroup>
      <ButtonGroup className={wide}>
        <Step label={t('back')} disabled={!canGoBack} onStep={() => history.back()}>
          ↶
        </Step>
        <Step label={t('earlier')} onStep={() => onKey('ArrowLeft')}>
          ‹
        </Step>
        <Step label={t('later')} disabled={choice.kind !== 'fixed'} onStep={() => onKey('ArrowRight')}>
          ›
        </Step>
        <Step label={t('wider')} onStep={() => onKey('-')}>
          −
        </Step>
        <Step label={t('closer')} onStep={() => onKey('+')}>
          +
        </Step>
        <Button variant="quiet" size="sm" aria-expanded={opened === 'pick'} onClick={() => toggle('pick')}>
          {t('pick')}
        </Button>
      </ButtonGroup>
      <ButtonGroup className={wide}>
        <Button
          variant="quiet"
          size="sm"
          aria-pressed={isReplayed}
          title={t('replay.note')}
          onClick={onReplay}
        >
          <span aria-hidden="true">▸</span>
          {t('replay.button')}
        </Button>
        <Button
          variant="quiet"
          size="sm"
          aria-expanded={opened === 'note'}
          aria-keyshortcuts="N"
          title={t('note.label')}
          onClick={() => toggle('note')}
        >
          {t('note.button')}
        </Button>
        <LinkButton
          variant="quiet"
          size="sm"
          href={exportAddress ? '/api/history/export.html' : undefined}
          aria-disabled={exportAddress === null}
          title={t(exportAddress ? 'export.note' : 'export.tooLong')}
          download
          onClick={({ currentTarget }) => {
            if (exportAddress) currentTarget.href = exportAddress();
          }}
        >
          {t('export.button')}
        </LinkButton>
        {children}
        <Step label={t('help.title')} expanded={opened === 'help'} onStep={() => toggle('help')}>
          ?
        </Step>
      </ButtonGroup>
      <div
        data-annotation-track
        className="relative h-9 min-w-[min(100%,16rem)] flex-[1_1_16rem] touch-pan-y rounded-lg border border-line bg-panel"
      >
        {track ?? (
          <p className="grid size-full place-items-center text-xs text-soft">
            {count === 0 ? t('noMarks') : t('someMarks', { count })}
          </p>
        )}
      </div>
      {past && (
        <p className="min-w-0 basis-full text-xs text-soft" data-testid="shown-time">
          {past.isRead && (
            <ShownTime
              range={past.range}
              endsNow={choice.kind !== 'fixed'}
              stepMs={past.stepMs}
              status={status}
            />
          )}
          {!past.isRead && status === 'loading' && t('loading')}
          {status === 'failed' && (
            <span role="alert" className="text-bad">
              {t('failed')}{' '}
              <TextButton className="underline" onClick={onRetry}>
                {t('retry')}
              </TextButton>
            </span>
          )}
        </p>
      )}
    </section>
  );
}
