'use client';

import { useTranslations } from 'next-intl';
import { useSelected, useSession, useTick } from './inspector-context';
import { buttonLook } from './look';
import { StreamNote } from './stream-note';

export interface RequestBarProps {
  readonly isPaused: boolean;
  /** Frames that came since the list was paused. */
  readonly behind: number;
  readonly onPause: () => void;
  readonly onClear: () => void;
}

/** What is asked of the server, what became of it, and the ways to disturb it. */
export function RequestBar({ isPaused, behind, onPause, onClear }: RequestBarProps) {
  const t = useTranslations('stream.bar');
  const session = useSession();
  const state = useSelected(({ state }) => state);
  const url = useSelected((one) => one.url);
  const isSlow = useSelected((one) => one.isSlow);
  const [path, query] = url.split('?');
  const isBound = state.kind === 'open' || state.kind === 'connecting';

  return (
    <section
      aria-label={t('label')}
      className="flex flex-col gap-2 rounded-xl border border-line bg-panel p-2"
    >
      <div className="flex flex-wrap items-center gap-2">
        <code
          data-testid="request"
          className="flex h-9 min-w-0 flex-1 basis-56 items-center overflow-x-auto rounded-lg bg-raised px-3 text-[0.8125rem] whitespace-nowrap"
        >
          <span className="mr-2 font-semibold text-cpu">GET</span>
          {path}
          {query && (
            <>
              ?<span className="text-cpu">{query}</span>
            </>
          )}
        </code>
        <div className="flex min-w-0 flex-wrap gap-2">
          <button
            type="button"
            onClick={onPause}
            aria-pressed={isPaused}
            className={`${buttonLook} min-w-24`}
          >
            {isPaused ? t('resume') : t('pause')}
            {isPaused && <span className="text-cpu tabular-nums">{t('behind', { count: behind })}</span>}
          </button>
          {isBound ? (
            <button
              type="button"
              onClick={session.cut}
              title={t('cutHint')}
              className={`${buttonLook} min-w-24 text-bad`}
            >
              <span aria-hidden="true">✂</span>
              {t('cut')}
            </button>
          ) : (
            <button type="button" onClick={session.connect} className={`${buttonLook} min-w-24 text-good`}>
              {t('now')}
            </button>
          )}
          <button
            type="button"
            aria-pressed={isSlow}
            title={t('slowHint')}
            onClick={() => session.setSlow(!isSlow)}
            className={buttonLook}
          >
            {t('slow')}
          </button>
          <button type="button" title={t('clearHint')} onClick={onClear} className={buttonLook}>
            {t('clear')}
          </button>
        </div>
      </div>
      <StreamNote />
      <Countdown />
    </section>
  );
}

/** How much of the retry time is left, as a line that grows shorter. */
function Countdown() {
  const state = useSelected((session) => session.state);
  useTick(state.kind === 'waiting' ? 50 : null);
  const left = state.kind === 'waiting' ? Math.max(0, state.untilMs - performance.now()) / state.delayMs : 0;
  return (
    <div aria-hidden="true" className="h-0.5 overflow-hidden rounded-full bg-raised">
      <div className="h-full origin-left bg-warn" style={{ transform: `scaleX(${left})` }} />
    </div>
  );
}
