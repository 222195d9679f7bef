'use client';

import { useTranslations } from 'next-intl';
import { useCallback, useMemo } from 'react';
import type { Entry } from '@/lib/client/inspector/entries';
import { VirtualList } from '../ui/virtual-list';
import { useEachBatch, useSession } from './inspector-context';
import { LogRow } from './log-row';
import { layOut, type Pick } from './rows';

export interface FrameLogProps {
  /** What the list showed when it was paused; `null` while it is live. */
  readonly frozen: readonly Entry[] | null;
  /** The types to show; all when empty. */
  readonly shown: ReadonlySet<string>;
  readonly picked: Pick | null;
  readonly onPick: (pick: Pick | null, entry: Entry | null) => void;
  /** An entry to bring into view; another object asks anew. */
  readonly target: { readonly key: number } | null;
  /** Ids that this page published. */
  readonly mine: ReadonlySet<string>;
}

const idOf = ({ key, line }: Pick) => `line-${key}-${line}`;

/** The frames line by line, the newest at the foot, as a terminal has them. */
export function FrameLog({ frozen, shown, picked, onPick, target, mine }: FrameLogProps) {
  const t = useTranslations('stream.log');
  const session = useSession();
  const version = useEachBatch();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what is in the list.
  const layout = useMemo(() => {
    const all = frozen ?? session.entries.all;
    return layOut(shown.size === 0 ? all : all.filter(({ type }) => type === null || shown.has(type)));
  }, [frozen, session, shown, version]);
  const keyAt = useCallback(
    (row: number) => {
      const at = layout.at(row);
      return at ? { key: at.entry.key, line: at.index } : undefined;
    },
    [layout],
  );
  const select = useCallback(
    (pick: Pick | null) => onPick(pick, pick && (layout.at(layout.rowOf(pick))?.entry ?? null)),
    [layout, onPick],
  );
  const start = useMemo(() => target && { key: { key: target.key, line: 0 } }, [target]);

  return (
    <div className="relative min-h-0 flex-1">
      <VirtualList
        label={t('label')}
        hint={t('hint')}
        testId="frames"
        count={layout.count}
        rowRem={1.375}
        keyAt={keyAt}
        indexOf={layout.rowOf}
        idOf={idOf}
        newestAt="foot"
        selected={picked}
        onSelect={select}
        target={start}
        escape="follow"
        followText={() => t('follow')}
        className="font-mono text-xs"
      >
        {(row, onSelect) => {
          const at = layout.at(row);
          if (!at) return null;
          const { entry, line, index } = at;
          const id = idOf({ key: entry.key, line: index });
          return (
            <LogRow
              key={id}
              id={id}
              entry={entry}
              line={line}
              index={index}
              isPicked={picked?.key === entry.key && picked.line === index}
              isInPickedFrame={picked?.key === entry.key}
              isMine={Boolean(entry.frame?.id && mine.has(entry.frame.id) && entry.type !== 'heartbeat')}
              onPick={onSelect}
            />
          );
        }}
      </VirtualList>
      {layout.count === 0 && (
        <p className="pointer-events-none absolute inset-0 grid place-content-center px-6 text-center text-[0.8125rem] text-soft">
          {shown.size === 0 ? t('empty') : t('nothing')}
        </p>
      )}
    </div>
  );
}
