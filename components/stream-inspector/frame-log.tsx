'use client';

import { useTranslations } from 'next-intl';
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Entry } from '@/lib/client/inspector/entries';
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

/** A row's height in rem; sizes on a wall screen grow with the root's. */
const rowRem = 1.375;
const overscan = 8;
/** Nearer to the foot than this is at the foot. */
const atFootPx = 3;

/**
 * The frames line by line, the newest at the foot, as a terminal has them. Only what can be seen is in the
 * page. It follows the newest until the reader scrolls back or picks a line; then what is in view stays put.
 */
export function FrameLog({ frozen, shown, picked, onPick, target, mine }: FrameLogProps) {
  const t = useTranslations('stream.log');
  const session = useSession();
  const version = useEachBatch();
  const box = useRef<HTMLDivElement>(null);
  const [isFollowing, setIsFollowing] = useState(true);
  const [view, setView] = useState({ height: 600, row: 22 });
  /** What stands at the top edge while it does not follow, and by how much it is scrolled past. */
  const [anchor, setAnchor] = useState({ key: 0, line: 0, offset: 0 });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what is in the list.
  const layout = useMemo(() => {
    const all = frozen ?? session.entries.all;
    return layOut(shown.size === 0 ? all : all.filter(({ type }) => type === null || shown.has(type)));
  }, [frozen, session, shown, version]);

  const { height, row } = view;
  const [reached, setReached] = useState(target);
  if (target && target !== reached) {
    setReached(target);
    setAnchor({ key: target.key, line: 0, offset: 0 });
    setIsFollowing(false);
  }

  const foot = Math.max(0, layout.count * row - height);
  const top = isFollowing ? foot : Math.min(layout.rowOf(anchor) * row + anchor.offset, foot);
  const from = Math.max(0, Math.floor(top / row) - overscan);
  const rows = layout.rows(from, Math.ceil((top + height) / row) + overscan);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const rootPx = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setView({ height: element.clientHeight, row: rootPx * rowRem });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // What is in view stays in view, also when older frames leave the list or a filter changes.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    // The browser stops at the foot, which its rounding may put a fraction lower.
    const wanted = isFollowing ? layout.count * row : top;
    if (Math.abs(element.scrollTop - wanted) >= 1) element.scrollTop = wanted;
  }, [layout, row, isFollowing, top]);

  const hold = useCallback(
    (scrollTop: number) => {
      const first = Math.floor(scrollTop / row);
      const at = layout.at(first);
      if (at) setAnchor({ key: at.entry.key, line: at.index, offset: scrollTop - first * row });
    },
    [layout, row],
  );

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const isAtFoot = scrollHeight - scrollTop - clientHeight < atFootPx;
    if (isFollowing && isAtFoot) return;
    hold(scrollTop);
    setIsFollowing(isAtFoot && picked === null);
  };

  const pick = useCallback(
    (key: number, line: number, scrollTop = box.current?.scrollTop ?? 0) => {
      hold(scrollTop);
      setIsFollowing(false);
      onPick({ key, line }, layout.at(layout.rowOf({ key, line }))?.entry ?? null);
    },
    [hold, layout, onPick],
  );

  const follow = () => {
    onPick(null, null);
    setIsFollowing(true);
    box.current?.focus({ preventScroll: true });
  };

  /** The nearest place to scroll to from which a row is seen whole. */
  const reveals = (index: number) => {
    const at = index * row;
    return Math.max(0, Math.min(at, Math.max(box.current?.scrollTop ?? 0, at + row - height)));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(height / row) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    if (event.key === 'Escape') follow();
    const move = moves[event.key];
    if (move === undefined || layout.count === 0) return;
    event.preventDefault();
    const start = picked ? layout.rowOf(picked) : layout.count - (move < 0 ? 0 : 1);
    const next = Math.min(layout.count - 1, Math.max(0, start + move));
    const at = layout.at(next);
    if (!at) return;
    pick(at.entry.key, at.index, reveals(next));
  };

  const idOf = (key: number, line: number) => `line-${key}-${line}`;
  const active = picked && rows.some(({ entry, index }) => entry.key === picked.key && index === picked.line);

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        role="listbox"
        aria-label={t('label')}
        aria-description={t('hint')}
        aria-activedescendant={active ? idOf(picked.key, picked.line) : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
        data-testid="frames"
        data-following={isFollowing}
        style={{ '--row': `${rowRem}rem` } as React.CSSProperties}
        className="absolute inset-0 overflow-x-hidden overflow-y-scroll font-mono text-xs [overflow-anchor:none] [scrollbar-color:var(--line)_transparent] [scrollbar-width:thin] -outline-offset-2"
      >
        <div role="presentation" className="relative" style={{ height: layout.count * row }}>
          <div role="presentation" className="absolute inset-x-0" style={{ top: from * row }}>
            {rows.map(({ entry, line, index }) => (
              <LogRow
                key={idOf(entry.key, index)}
                id={idOf(entry.key, index)}
                entry={entry}
                line={line}
                index={index}
                isPicked={picked?.key === entry.key && picked.line === index}
                isInPickedFrame={picked?.key === entry.key}
                isMine={Boolean(entry.frame?.id && mine.has(entry.frame.id) && entry.type !== 'heartbeat')}
                onPick={pick}
              />
            ))}
          </div>
        </div>
      </div>
      {layout.count === 0 && (
        <p className="pointer-events-none absolute inset-0 grid place-content-center px-6 text-center text-[0.8125rem] text-soft">
          {shown.size === 0 ? t('empty') : t('nothing')}
        </p>
      )}
      {!isFollowing && (
        <button
          type="button"
          onClick={follow}
          className="absolute right-5 bottom-3 h-8 cursor-pointer rounded-full border border-line bg-raised px-3 text-xs text-ink shadow-lg hover:border-cpu"
        >
          <span aria-hidden="true">↓ </span>
          {t('follow')}
        </button>
      )}
    </div>
  );
}
