'use client';

import { useLocale, useTranslations } from 'next-intl';
import { memo } from 'react';
import type { EndReason, Entry, Line } from '@/lib/client/inspector/entries';
import { Badge } from '../ui/badge';
import { hueOf } from '../ui/type-hues';
import { bytesText, clockText, latencyText } from './number-text';
import type { Pick } from './rows';

/** Of one line in the list; the whole of it is beside it. */
const shownLengthMax = 1_000;

export interface LogRowProps {
  readonly id: string;
  readonly entry: Entry;
  readonly line: Line;
  readonly index: number;
  readonly isPicked: boolean;
  readonly isInPickedFrame: boolean;
  readonly isMine: boolean;
  readonly onPick: (pick: Pick) => void;
}

const valueClasses: Readonly<Record<Line['kind'], string>> = {
  retry: 'text-warn',
  id: 'text-good',
  event: 'font-semibold text-ink',
  data: 'text-ink',
  comment: 'text-faint italic',
  unknown: 'text-bad',
  blank: 'text-faint',
  incomplete: 'text-bad',
  request: 'text-cpu',
  position: 'text-cpu',
  response: 'text-soft',
  ended: 'text-warn',
};

const fields: readonly Line['kind'][] = ['retry', 'id', 'event', 'data'];

function Badges({ entry, isMine }: { readonly entry: Entry; readonly isMine: boolean }) {
  const t = useTranslations('stream.log');
  const locale = useLocale();
  if (!entry.frame) return null;
  const { idCheck, isReplay, latencyMs } = entry;
  return (
    <span className="ml-auto flex shrink-0 items-center gap-1.5 pl-2">
      {isMine && <Badge tone="good">{t('mine')}</Badge>}
      {idCheck.kind === 'unannounced' && (
        <Badge tone="bad">
          {idCheck.missed === 0 ? t('otherLog') : t('unannounced', { count: idCheck.missed })}
        </Badge>
      )}
      {idCheck.kind === 'announced' && <Badge tone="warn">{t('gap', { count: idCheck.missed })}</Badge>}
      {idCheck.kind === 'back' && <Badge tone="bad">{t('back')}</Badge>}
      {isReplay && <Badge tone="info">{t('replay')}</Badge>}
      {latencyMs !== null && (
        <span className="hidden w-14 text-right text-[0.6875rem] text-faint sm:inline">
          {latencyText(latencyMs, locale)}
        </span>
      )}
    </span>
  );
}

/** What the end of a connection was, in words. */
export function useEndText() {
  const t = useTranslations('stream.ended');
  return ({ reason, retryMs }: { readonly reason: EndReason; readonly retryMs: number | null }) =>
    retryMs === null ? t(reason) : t('waits', { reason: t(reason), retry: retryMs });
}

function Text({ entry, line }: { readonly entry: Entry; readonly line: Line }) {
  const t = useTranslations('stream.log');
  const locale = useLocale();
  const endText = useEndText();
  const classes = valueClasses[line.kind];
  if (line.kind === 'ended' && entry.frame === null && entry.end)
    return <span className={`truncate ${classes}`}>× {endText(entry.end)}</span>;
  if (line.kind === 'blank')
    return (
      <span className={classes}>
        <span aria-hidden="true">↵</span>
        <span className="sr-only">{t('blank')}</span>
      </span>
    );
  if (line.kind === 'incomplete') return <span className={classes}>⊘ {t('incomplete')}</span>;
  const text = line.text.slice(0, shownLengthMax);
  const colon = fields.includes(line.kind) ? text.indexOf(':') + 1 : 0;
  const left = line.text.length - text.length;
  return (
    <span className="truncate whitespace-pre">
      {colon > 0 && <span className="text-soft">{text.slice(0, colon)}</span>}
      <span
        className={classes}
        style={line.kind === 'event' ? { color: hueOf(entry.type ?? '') } : undefined}
      >
        {text.slice(colon)}
      </span>
      {left > 0 && <span className="text-faint">{t('more', { size: bytesText(left, locale) })}</span>}
    </span>
  );
}

/** One line of the stream as it was sent, one row high. */
export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { id, entry, line, index, isPicked, isInPickedFrame, isMine, onPick } = props;
  const isReplay = entry.frame !== null && entry.isReplay;
  const isMark = entry.frame === null;
  // They are about the id, where there is one.
  const badgeLine = Math.max(
    0,
    entry.lines.findIndex(({ kind }) => kind === 'id'),
  );
  const ground = isPicked
    ? 'bg-[color-mix(in_srgb,var(--hue-cpu)_26%,transparent)]'
    : isInPickedFrame
      ? 'bg-raised'
      : isReplay
        ? 'bg-[color-mix(in_srgb,var(--hue-cpu)_7%,transparent)] hover:bg-raised'
        : isMark
          ? 'bg-page hover:bg-raised'
          : 'hover:bg-raised';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys, as a listbox does.
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names its active row.
    <div
      id={id}
      role="option"
      aria-selected={isPicked}
      data-kind={line.kind}
      data-frame={entry.key}
      data-replay={isReplay || undefined}
      onClick={() => onPick({ key: entry.key, line: index })}
      className={`flex h-[var(--row)] cursor-pointer items-center overflow-hidden pr-3 ${ground}`}
    >
      <span
        aria-hidden="true"
        className="mr-2.5 h-full w-[3px] shrink-0"
        style={{
          background: entry.frame ? hueOf(entry.type) : 'transparent',
          opacity: line.kind === 'blank' ? 0.4 : 1,
        }}
      />
      <span aria-hidden="true" className="hidden w-[6.6rem] shrink-0 text-faint sm:block">
        {index === 0 ? clockText(entry.arrivedAt) : ''}
      </span>
      <Text entry={entry} line={line} />
      {index === badgeLine && <Badges entry={entry} isMine={isMine} />}
    </div>
  );
});
