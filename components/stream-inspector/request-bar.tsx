'use client';

import { useTranslations } from 'next-intl';
import { Button } from '../ui/button';
import { Card } from '../ui/card';
import { useSelected, useSession, useTick } from './inspector-context';
import { StreamNote } from './stream-note';

export interface RequestBarProps {
  readonly isPaused: boolean;
  /** Frames that came since the list was paused. */
  readonly behind: number;
  readonly onPause: () => void;
  readonly onClear: () => void;
  /** Brings the beginning of a connection into view. */
  readonly onShow: (connection: number) => void;
}

/** On a phone four of them stand in a row. */
const narrow = 'max-sm:px-1 max-sm:text-xs';

/** What is asked of the server, what became of it, and the ways to disturb it. */
export function RequestBar({ isPaused, behind, onPause, onClear, onShow }: RequestBarProps) {
  const t = useTranslations('stream.bar');
  const session = useSession();
  const state = useSelected(({ state }) => state);
  const url = useSelected((one) => one.url);
  const isSlow = useSelected((one) => one.isSlow);
  const [path, query] = url.split('?');
  const isBound = state.kind === 'open' || state.kind === 'connecting';

  return (
    <Card aria-label={t('label')} className="flex flex-col gap-2 p-2">
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
        <div className="grid w-full grid-cols-4 gap-1.5 sm:flex sm:w-auto sm:gap-2">
          <Button onClick={onPause} aria-pressed={isPaused} className={`${narrow} sm:w-40`}>
            {isPaused ? t('resume') : t('pause')}
            {isPaused && (
              <span className="hidden text-cpu tabular-nums sm:inline">{t('behind', { count: behind })}</span>
            )}
          </Button>
          <Button
            onClick={() => session.cut()}
            disabled={!isBound}
            title={t('cutHint')}
            className={`${narrow} enabled:text-bad`}
          >
            <span aria-hidden="true">✂</span>
            {t('cut')}
          </Button>
          <Button
            aria-pressed={isSlow}
            title={t('slowHint')}
            onClick={() => session.setSlow(!isSlow)}
            className={narrow}
          >
            {t('slow')}
          </Button>
          <Button title={t('clearHint')} onClick={onClear} className={narrow}>
            {t('clear')}
          </Button>
        </div>
      </div>
      <StreamNote onShow={onShow} />
      <Countdown />
    </Card>
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
