import type { Clock } from '@/lib/server/notifications/clock';

export interface FakeClock extends Clock {
  /** Lets time pass, and calls back what is due, in its order. */
  advance(ms: number): void;
  /** How long until the first alarm; `null` when none is set. */
  readonly nextInMs: number | null;
}

/** For tests: time that passes when it is told to, and chance that is always in the middle. */
export function createFakeClock(startAt = 1_795_000_000_000): FakeClock {
  let time = startAt;
  let alarms: { readonly at: number; readonly callBack: () => void }[] = [];
  const first = () => alarms.toSorted((one, other) => one.at - other.at)[0];
  return {
    now: () => time,
    random: () => 0.5,
    after(ms, callBack) {
      const alarm = { at: time + ms, callBack };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((one) => one !== alarm);
      };
    },
    advance(ms) {
      const until = time + ms;
      for (let next = first(); next && next.at <= until; next = first()) {
        const due = next;
        alarms = alarms.filter((one) => one !== due);
        time = Math.max(time, due.at);
        due.callBack();
      }
      time = until;
    },
    get nextInMs() {
      const next = first();
      return next ? next.at - time : null;
    },
  };
}
