import type { TimeRange } from '@/lib/charts/time-axis';
import { earliestTime } from '@/lib/protocol/time-expression';
import { liveSpanMs } from '../charts/live-time';
import { live, minute, rangeAt, spanMsMax, spanMsMin, type TimeChoice } from './time-choice';

/** A stretch as a choice. One that would reach past the present is moved back to end there, and goes on. */
export function choiceFor({ from, to }: TimeRange, now: number): TimeChoice {
  const spanMs = Math.min(spanMsMax, Math.max(spanMsMin, to - from));
  if (to < now) {
    const held = Math.round(Math.max(earliestTime, from));
    return { kind: 'fixed', from: held, to: Math.round(held + spanMs) };
  }
  const wholeMs = Math.max(minute, Math.round(spanMs / minute) * minute);
  return wholeMs === liveSpanMs ? live : { kind: 'recent', spanMs: wholeMs };
}

/** Moves by a share of what is shown: back where it is below 0. */
export function panned(choice: TimeChoice, share: number, now: number): TimeChoice {
  const { from, to } = rangeAt(choice, now);
  const by = (to - from) * share;
  return choiceFor({ from: from + by, to: to + by }, now);
}

/** Shows so many times as much; what ends now still does, else the middle stays where it is. */
export function zoomed(choice: TimeChoice, factor: number, now: number): TimeChoice {
  const { from, to } = rangeAt(choice, now);
  const more = (to - from) * (factor - 1);
  if (choice.kind !== 'fixed') return choiceFor({ from: from - more, to }, now);
  return choiceFor({ from: from - more / 2, to: to + more / 2 }, now);
}
