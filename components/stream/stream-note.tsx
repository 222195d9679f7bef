'use client';

import { useTranslations } from 'next-intl';
import type { Session } from '@/lib/inspect/session';
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
  return [faults === 0 ? 'good' : 'bad', t('resumedNote', { id, replayed, faults })];
}

/** One sentence on what happens right now, in a room that does not change its size. */
export function StreamNote() {
  const session = useSession();
  useEachBatch();
  useTick(session.isSlow ? 1000 : null);
  const [tone, text] = useNote(session);
  return (
    <p
      data-testid="note"
      title={text}
      className={`line-clamp-2 h-[2lh] px-1 text-[0.8125rem] leading-5 lg:line-clamp-1 lg:h-[1lh] ${tones[tone]}`}
    >
      {text}
    </p>
  );
}
