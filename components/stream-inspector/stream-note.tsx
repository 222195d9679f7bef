'use client';

import { useTranslations } from 'next-intl';
import type { Session } from '@/lib/client/inspector/session';
import { TextButton } from '../ui/button';
import { useEachBatch, useSession, useTick } from './inspector-context';

type Tone = 'calm' | 'warn' | 'bad' | 'good';
const tones: Readonly<Record<Tone, string>> = {
  calm: 'text-soft',
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
};

function useNote(session: Session): readonly [Tone, string] {
  const t = useTranslations('stream.bar');
  const { state, connections, retryMs, lastEventId } = session;
  const current = connections.at(-1);
  if (state.kind === 'refused')
    return ['bad', t('refusedNote', { status: state.status, detail: state.detail })];
  if (state.kind === 'waiting') {
    if (current?.end === 'broken' && current.status === null)
      return ['warn', t('awayNote', { retry: retryMs })];
    return [
      'warn',
      lastEventId
        ? t('waitingNote', { retry: retryMs, id: lastEventId })
        : t('waitingFresh', { retry: retryMs }),
    ];
  }
  if (session.slowSinceMs !== null) {
    const seconds = Math.floor((performance.now() - session.slowSinceMs) / 1000);
    return ['warn', t('slowNote', { seconds })];
  }
  if (state.kind !== 'open' || !current) return ['calm', t('connectingNote')];
  if (!current.sentId) return ['calm', t('openNote')];
  const { sentId: id, replayed, faults } = current;
  return faults === 0
    ? ['good', t('resumedNote', { id, replayed })]
    : ['bad', t('brokenNote', { id, replayed, faults })];
}

/** One sentence on what happens right now, and what can be done about it, in a room that does not change its size. */
export function StreamNote({ onShow }: { readonly onShow: (connection: number) => void }) {
  const t = useTranslations('stream.bar');
  const session = useSession();
  useEachBatch();
  useTick(session.isSlow ? 1000 : null);
  const [tone, text] = useNote(session);
  const { state, connections } = session;
  const current = connections.at(-1);
  const canConnect = state.kind === 'waiting' || state.kind === 'refused';
  const canShow = state.kind === 'open' && !session.isSlow && current?.sentId;
  return (
    <div className="flex h-15 items-start sm:h-10 gap-2 px-1 text-[0.8125rem] leading-5 lg:h-5">
      <p
        data-testid="note"
        title={text}
        className={`line-clamp-3 grow tabular-nums sm:line-clamp-2 lg:line-clamp-1 ${tones[tone]}`}
      >
        {text}
      </p>
      {canConnect && (
        <TextButton
          onClick={() => session.connect()}
          className="min-h-0! shrink-0 px-1 font-semibold text-cpu"
        >
          {t('now')}
        </TextButton>
      )}
      {canShow && (
        <TextButton
          onClick={() => onShow(current.number)}
          className="min-h-0! shrink-0 px-1 font-semibold text-cpu"
        >
          {t('show')}
        </TextButton>
      )}
    </div>
  );
}
