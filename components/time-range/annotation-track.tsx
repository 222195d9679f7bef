'use client';

import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { AnnotationLine, AxisGap } from '@/lib/charts/annotation-lines';
import type { TimeRange } from '@/lib/charts/time-axis';
import { useLive } from '@/lib/client/react/hooks';
import type { DisplayStore } from '@/lib/client/store/display-store';
import { bandOf } from '../charts/live/use-pointing';
import { useSize } from '../charts/use-size';
import { type Annotation, isBlank } from './annotation';
import { grouped } from './group-marks';
import { MarkGroupButton } from './mark-group';
import { foremost } from './mark-icon';
import { rangeAt, type TimeChoice } from './time-choice';
import { useAnnotations } from './use-annotations';

export interface Marked {
  readonly marks: readonly AnnotationLine[];
  readonly gaps: readonly AxisGap[];
}

export interface AnnotationTrackProps {
  /** The page's own, which goes on whatever is shown. */
  readonly store: DisplayStore;
  readonly choice: TimeChoice;
  /** What is shown where the axis stands still. */
  readonly range: TimeRange | null;
  /** Called with what charts show too. */
  readonly onMarks: (marked: Marked) => void;
}

/** A mark is a target for a finger. */
const targetPx = 26;
const gapsMax = 200;
/** Charts show what may explain them: no logins, and no more lines than can be distinguished. */
const apartOnChartsMin = 0.006;

const middleOf = ({ t, until }: Annotation, { from, to }: TimeRange) =>
  (Math.max(from, t) + Math.min(to, until ?? t)) / 2;

function marksOf(all: readonly Annotation[], range: TimeRange): readonly AnnotationLine[] {
  const telling = all.filter((one) => one.kind !== 'login' && one.kind !== 'logout' && !isBlank(one));
  return grouped(telling, range, apartOnChartsMin).flatMap(({ of }) => {
    const first = foremost(of);
    if (!first) return [];
    const tone = first.tone === 'critical' || first.tone === 'warning' ? first.tone : 'info';
    return [{ t: first.t, tone, label: of.length > 1 ? `${first.title} +${of.length - 1}` : first.title }];
  });
}

/** Annotations of the shown time, on an axis of their own: alerts, logins, restarts, messages, notes, gaps. */
export function AnnotationTrack({ store, choice, range: fixed, onMarks }: AnnotationTrackProps) {
  const t = useTranslations('time');
  const box = useRef<HTMLUListElement>(null);
  const size = useSize(box);
  const { all: found, isCut } = useAnnotations(store, choice);
  // That nothing is kept from before a first start does not matter in a live view.
  const all = useMemo(
    () => (choice.kind === 'live' ? found.filter(({ kind }) => kind !== 'unkept') : found),
    [choice, found],
  );
  // The axis of the present moves on each second.
  const second = useLive(({ hostNow }) => Math.floor(hostNow() / 1_000));
  const range = useMemo(() => fixed ?? rangeAt(choice, (second + 1) * 1_000), [fixed, choice, second]);
  const [open, setOpen] = useState<string | null>(null);
  const [stop, setStop] = useState<string | null>(null);

  const gaps = useMemo(
    () => all.filter((one) => isBlank(one) && one.t < range.to && (one.until ?? one.t) > range.from),
    [all, range],
  );
  const marks = useMemo(
    () => [
      ...all.filter((one) => !isBlank(one)),
      // A time of which nothing is kept is no annotation.
      ...gaps.filter(({ kind }) => kind === 'gap').map((gap) => ({ ...gap, t: middleOf(gap, range) })),
    ],
    [all, gaps, range],
  );
  const groups = useMemo(
    () => grouped(marks, range, targetPx / Math.max(targetPx, size?.width ?? 0)),
    [marks, range, size],
  );
  useEffect(() => {
    onMarks({
      marks: marksOf(all, fixed ?? rangeAt(choice, store.hostNow())),
      gaps: all
        .filter(isBlank)
        .flatMap(({ t: from, until, title }) => (until === null ? [] : [{ from, to: until, label: title }])),
    });
  }, [all, fixed, choice, store, onMarks]);
  useEffect(() => () => onMarks({ marks: [], gaps: [] }), [onMarks]);

  const keyOf = ({ of }: (typeof groups)[number]) => of[0]?.key ?? '';
  const current = groups.some((group) => keyOf(group) === stop) ? stop : groups[0] && keyOf(groups[0]);
  const move = (event: KeyboardEvent<HTMLElement>) => {
    const here = groups.findIndex((group) => keyOf(group) === current);
    const to = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: groups.length - 1 }[event.key];
    if (to === undefined || !(event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = box.current?.querySelectorAll<HTMLButtonElement>('button[data-group]');
    buttons?.[Math.min(groups.length - 1, Math.max(0, to))]?.focus();
  };

  return (
    <ul
      ref={box}
      aria-label={isCut ? t('marksCut') : t('marks')}
      className="absolute inset-x-4 inset-y-0"
      onKeyDown={move}
    >
      {gaps.slice(-gapsMax).map(({ key, t: from, until }) => (
        <li
          key={key}
          aria-hidden="true"
          className="hatched absolute inset-y-0 min-w-0.5"
          style={bandOf({ from, to: until ?? from }, range)}
        />
      ))}
      {groups.map((group) => (
        <MarkGroupButton
          key={keyOf(group)}
          group={group}
          isStop={keyOf(group) === current}
          isOpen={open === keyOf(group)}
          onOpen={(isOpen) => {
            const key = keyOf(group);
            // The one that is left may learn of it after the next one has opened.
            setOpen((old) => (isOpen ? key : old === key ? null : old));
          }}
          onFocus={() => setStop(keyOf(group))}
        />
      ))}
      {groups.length === 0 && (
        <li className="absolute inset-0 grid place-items-center text-xs text-soft">{t('noMarks')}</li>
      )}
    </ul>
  );
}
