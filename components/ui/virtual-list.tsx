'use client';

import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { Button } from './button';

export interface VirtualListProps<K> {
  readonly label: string;
  readonly hint: string;
  readonly testId: string;
  readonly count: number;
  /** A row's height in rem, the variable `--row` inside: sizes on a wall screen grow with the root's. */
  readonly rowRem: number;
  /** What names a row as long as it is there, whatever comes before or after it. */
  readonly keyAt: (index: number) => K | undefined;
  /** Where a row is; where the next one is that is still there when it is gone. */
  readonly indexOf: (key: K) => number;
  readonly idOf: (key: K) => string;
  /** The end at which new rows come. */
  readonly newestAt: 'top' | 'foot';
  readonly selected: K | null;
  readonly onSelect: (key: K | null) => void;
  /** A row to bring to the top edge; another object asks anew. */
  readonly target?: { readonly key: K } | null;
  /** What Escape does: drops the selection, or follows the newest too. */
  readonly escape: 'deselect' | 'follow';
  /** On the button that leads back to the newest; `null` where there is no need. */
  readonly followText: (unseen: number) => string | null;
  readonly onNearOldest?: () => void;
  readonly footer?: ReactNode;
  readonly children: (index: number, select: (key: K) => void) => ReactNode;
  readonly className?: string;
}

interface Held<K> {
  /** What stands at the top edge, and by how much it is scrolled past. */
  readonly key: K;
  readonly offset: number;
  /** The newest row that was seen. */
  readonly newest: K | undefined;
}

const overscan = 10;
const nearOldestRows = 8;
/** Nearer to an end than this is at the end: browsers round. */
const atEndPx = 3;

/**
 * A listbox of which only the rows that can be seen are in the page. It follows the newest until the user scrolls
 * away or selects a row; then what is in view stays where it is, whatever comes or goes.
 */
export function VirtualList<K>(props: VirtualListProps<K>) {
  const { label, hint, testId, count, rowRem, keyAt, indexOf, idOf, newestAt, selected, onSelect } = props;
  const {
    target = null,
    escape: onEscape,
    followText,
    onNearOldest,
    footer,
    children,
    className = '',
  } = props;
  const box = useRef<HTMLDivElement>(null);
  const [{ height, row }, setView] = useState({ height: 600, row: rowRem * 16 });
  const [held, setHeld] = useState<Held<K> | null>(null);
  const [reached, setReached] = useState(target);
  const newestIndex = newestAt === 'top' ? 0 : count - 1;
  if (target && target !== reached) {
    setReached(target);
    setHeld({ key: target.key, offset: 0, newest: keyAt(newestIndex) });
  }

  const foot = Math.max(0, count * row - height);
  const end = newestAt === 'top' ? 0 : count * row;
  const top = held === null ? end : indexOf(held.key) * row + held.offset;
  const from = Math.max(0, Math.floor(Math.min(top, foot) / row) - overscan);
  const to = Math.min(count, Math.ceil((Math.min(top, foot) + height) / row) + overscan);

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
  }, [rowRem]);

  // The browser stops at the foot, which its rounding may put a fraction lower.
  useLayoutEffect(() => {
    const element = box.current;
    if (element && Math.abs(element.scrollTop - top) >= 1) element.scrollTop = top;
  });

  const hold = useCallback(
    (scrollTop: number, isAtNewest: boolean) => {
      const first = Math.floor(scrollTop / row);
      const key = keyAt(first);
      if (key === undefined) return;
      const newest = keyAt(newestIndex);
      const offset = scrollTop - first * row;
      setHeld((old) => ({ key, offset, newest: old && !isAtNewest ? old.newest : newest }));
    },
    [row, keyAt, newestIndex],
  );
  const isAtNewest = useCallback(() => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    return (newestAt === 'top' ? scrollTop : scrollHeight - scrollTop - clientHeight) < atEndPx;
  }, [newestAt]);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    const isEnd = isAtNewest();
    if (isEnd && selected === null) setHeld(null);
    else hold(element.scrollTop, isEnd);
    const left = newestAt === 'top' ? element.scrollHeight - element.scrollTop - height : element.scrollTop;
    if (left < nearOldestRows * row) onNearOldest?.();
  };
  // Without a selection there is nothing to hold at the newest end.
  useEffect(() => {
    if (selected === null && isAtNewest()) setHeld(null);
  }, [selected, isAtNewest]);

  const select = useCallback(
    (key: K) => {
      hold(box.current?.scrollTop ?? 0, isAtNewest());
      onSelect(key);
    },
    [hold, isAtNewest, onSelect],
  );
  const follow = () => {
    onSelect(null);
    setHeld(null);
    box.current?.focus({ preventScroll: true });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') return onEscape === 'follow' ? follow() : onSelect(null);
    const page = Math.max(1, Math.floor(height / row) - 1);
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    const move = moves[event.key];
    if (move === undefined || count === 0) return;
    event.preventDefault();
    const at = selected === null ? newestIndex : indexOf(selected) + move;
    const next = Math.min(count - 1, Math.max(0, Number.isFinite(move) ? at : move));
    const key = keyAt(next);
    if (key === undefined) return;
    // The nearest place to scroll to from which the row is seen whole.
    const seen = Math.min(next * row, Math.max(box.current?.scrollTop ?? 0, (next + 1) * row - height));
    hold(Math.max(0, seen), false);
    onSelect(key);
  };

  const unseen = held?.newest === undefined ? 0 : Math.abs(newestIndex - indexOf(held.newest));
  const follows = held === null ? null : followText(unseen);
  const at = selected === null ? -1 : indexOf(selected);
  return (
    <div className="relative h-full min-h-0 flex-1">
      <div
        ref={box}
        role="listbox"
        aria-label={label}
        aria-description={hint}
        aria-activedescendant={selected !== null && at >= from && at < to ? idOf(selected) : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onScroll={onScroll}
        data-testid={testId}
        data-following={held === null}
        style={{ '--row': `${rowRem}rem` } as CSSProperties}
        className={`absolute inset-0 overflow-x-hidden overflow-y-scroll -outline-offset-2 [overflow-anchor:none] [scrollbar-color:var(--line)_transparent] [scrollbar-width:thin] ${className}`}
      >
        <div role="presentation" className="relative" style={{ height: count * row }}>
          <div role="presentation" className="absolute inset-x-0" style={{ top: from * row }}>
            {Array.from({ length: Math.max(0, to - from) }, (_, index) => children(from + index, select))}
          </div>
        </div>
        {footer}
      </div>
      {follows !== null && (
        <Button
          size="sm"
          onClick={follow}
          className={`absolute rounded-full! bg-raised! text-ink! shadow-lg hover:border-cpu ${newestAt === 'top' ? 'top-3 left-1/2 -translate-x-1/2' : 'right-5 bottom-3'}`}
        >
          <span aria-hidden="true">{newestAt === 'top' ? '↑' : '↓'}</span>
          {follows}
        </Button>
      )}
    </div>
  );
}
