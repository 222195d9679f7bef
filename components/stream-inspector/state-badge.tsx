'use client';

import { useTranslations } from 'next-intl';
import { StatusDot, statusText } from '../ui/status-dot';
import { useSelected, useTick } from './inspector-context';

const tones = {
  idle: 'quiet',
  connecting: 'quiet',
  open: 'good',
  slow: 'warn',
  waiting: 'warn',
  refused: 'bad',
} as const;

/** The state of the stream, with the retry time counted down. The announcer reads it to screen readers. */
export function StateBadge() {
  const t = useTranslations('stream.state');
  const state = useSelected((session) => session.state);
  const isSlow = useSelected((session) => session.isSlow);
  useTick(state.kind === 'waiting' ? 100 : null);
  const name = isSlow && state.kind === 'open' ? 'slow' : state.kind;
  const left = state.kind === 'waiting' ? Math.max(0, state.untilMs - performance.now()) / 1000 : 0;
  return (
    <div
      title={t('label')}
      data-testid="state"
      data-state={name}
      className={`flex h-9 pointer-coarse:h-11 w-[4.5rem] items-center justify-center gap-2 rounded-lg border border-line px-1 text-[0.8125rem] whitespace-nowrap tabular-nums sm:w-auto sm:min-w-[8.5rem] sm:justify-start sm:px-3 ${statusText(tones[name])}`}
    >
      <StatusDot tone={tones[name]} />
      <span className="hidden sm:inline">{t(name, { seconds: left.toFixed(1) })}</span>
      {name === 'waiting' && (
        <span aria-hidden="true" className="sm:hidden">
          {left.toFixed(1)} s
        </span>
      )}
    </div>
  );
}
