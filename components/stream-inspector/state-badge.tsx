'use client';

import { useTranslations } from 'next-intl';
import { useSelected, useTick } from './inspector-context';

const looks = {
  idle: { dot: 'bg-faint', text: 'text-soft' },
  connecting: { dot: 'bg-faint', text: 'text-soft' },
  open: { dot: 'bg-good pulse', text: 'text-ink' },
  slow: { dot: 'bg-warn', text: 'text-warn' },
  waiting: { dot: 'bg-warn', text: 'text-warn' },
  refused: { dot: 'bg-bad', text: 'text-bad' },
} as const;

/** How the stream is, with the retry time counted down. The announcer speaks for it. */
export function StateBadge() {
  const t = useTranslations('stream.state');
  const state = useSelected((session) => session.state);
  const isSlow = useSelected((session) => session.isSlow);
  useTick(state.kind === 'waiting' ? 100 : null);
  const name = isSlow && state.kind === 'open' ? 'slow' : state.kind;
  const left = state.kind === 'waiting' ? Math.max(0, state.untilMs - performance.now()) / 1000 : 0;
  const { dot, text } = looks[name];
  return (
    <div
      title={t('label')}
      data-testid="state"
      data-state={name}
      className={`flex h-9 w-[4.5rem] items-center justify-center gap-2 rounded-lg border border-line px-1 text-[0.8125rem] whitespace-nowrap tabular-nums sm:w-auto sm:min-w-[8.5rem] sm:justify-start sm:px-3 ${text}`}
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
      <span className="hidden sm:inline">{t(name, { seconds: left.toFixed(1) })}</span>
      {name === 'waiting' && (
        <span aria-hidden="true" className="sm:hidden">
          {left.toFixed(1)} s
        </span>
      )}
    </div>
  );
}
