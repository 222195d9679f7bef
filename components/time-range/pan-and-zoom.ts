import type { TimeRange } from '@/lib/charts/time-axis';
import { earliestTime } from '@/lib/protocol/time-expression';
import { liveSpanMs } from '../charts/live-time';
import { live, minute, rangeAt, spanMsMax, spanMsMin, type TimeChoice } from './time-choice';

/** The choice of a range. A range that reaches past the present becomes one that ends now and is refreshed. */
export function choiceFor({ from, to }: TimeRange, now: number): TimeChoice {
  const spanMs = Math.min(spanMsMax, Math.max(spanMsMin, to - from));
  if (to < now) {
    const held = Math.round(Math.max(earliestTime, from));
    return { kind: 'fixed', from: held, to: Math.round(held + spanMs) };
  }
  const wholeMs = Math.max(minute, Math.round(spanMs / minute) * minute);
  return wholeMs === liveSpanMs ? live : { kind: 'recent', spanMs: wholeMs };
}

/** Moves by a share of the shown span; a negative share moves back. */
export function panned(choice: TimeChoice, share: number, now: number): TimeChoice {
  const { from, to } = rangeAt(choice, now);
  const by = (to - from) * share;
  return choiceFor({ from: from + by, to: to + by }, now);
}

/** Multiplies the shown span by `factor`. A range that ends now still does; else its middle stays. */
export function zoomed(choice: TimeChoice, factor: number, now: number): TimeChoice {
  const { from, to } = rangeAt(choice, now);
  const more = (to - from) * (factor - 1);
  if (choice.kind !== 'fixed') return choiceFor({ from: from - more, to }, now);
  return choiceFor({ from: from - more / 2, to: to + more / 2 }, now);
}
