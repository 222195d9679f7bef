import type { DeadLetter, LoggedAlert } from '@/lib/protocol/notifications';
import type { EventLog, LoggedEvent } from '@/lib/server/event-log/event-log';
import { alertOf, isAtLeast } from './alert-text';
import { nextWaitMs } from './backoff';
import { alertsMaxOf, type Channel, deliver } from './channel';
import type { AttemptContext } from './channel-kind';
import type { Clock } from './clock';
import type { DeliveryState, OpenDelivery } from './delivery-state';
import { afterChange, type Mute } from './notifiable';

export interface DeliveryWorkerOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly means: Omit<AttemptContext, 'signal'>;
  /** Asked when an alert is taken, and repeatedly for those that are muted. */
  readonly muteOf: (alert: LoggedAlert) => Mute;
  readonly channel: Channel;
  readonly state: DeliveryState;
  /** Keeps `state`, on disk if that can be; with a letter, both at once. */
  readonly keep: (letter?: DeadLetter) => void;
}

/** One channel's cursor over the log. What it has taken it delivers, in the log's order. */
export interface DeliveryWorker {
  readonly channel: Channel;
  readonly state: DeliveryState;
  /** Whether the last attempt did not end within twice its time limit. */
  readonly isHung: boolean;
  /** It has room for what the log has next, and waits for no attempt. */
  readonly takesMore: boolean;
  /** Where it reads. `state` has the place in the stored log instead while that cannot be read. */
  readonly readTo: number;
  /** There may be something new. */
  wake(): void;
  /** Something else of this channel has arrived. */
  noteDelivered(): void;
  /** From now on with these settings; what waits for its next attempt has it now. */
  replace(channel: Channel): void;
  /** Lets an attempt under way end for so long, then cuts it. */
  stop(graceMs: number): Promise<void>;
}

const eventsPerRead = 256;
/** How often muted alerts are checked. */
const askMutesEveryMs = 15_000;

export function openDeliveryWorker({
  log,
  clock,
  means,
  muteOf,
  keep,
  ...options
}: DeliveryWorkerOptions): DeliveryWorker {
  let { channel, state } = options;
  let running: Promise<void> | null = null;
  let wokenMeanwhile = false;
  let callOff = () => {};
  const stopping = new AbortController();
  let stopped = false;
  let askedMutesAt = Number.NEGATIVE_INFINITY;
  let isHung = false;

  /** The place in the stored log, while that cannot be read. */
  let storedPlace: Place | null = null;
  /** What was taken before the stored log could be read; what came before it is read afterwards. */
  let taken: { readonly afterSeq: number; readonly toSeq: number } | null = null;

  if (log.isProvisional) {
    storedPlace = state;
    state = { ...state, logId: log.id, seq: log.headSeq };
    taken = { afterSeq: log.headSeq, toSeq: log.headSeq };
  } else state = { ...state, ...placeIn(state) };

  /** In another log than before, it starts at the beginning. */
  function placeIn({ logId, seq }: Place): Place {
    const isHere = logId === log.id || logId === log.formerId;
    return { logId: log.id, seq: Math.min(isHere ? seq : log.tailSeq - 1, log.headSeq) };
  }

  /** The stored log can be read: this goes on from its place there, and passes over what it has taken already. */
  function goToStoredPlace(): void {
    if (!storedPlace || log.isProvisional) return;
    if (taken) taken = { ...taken, toSeq: state.seq };
    state = { ...state, ...placeIn(storedPlace) };
    storedPlace = null;
    keep();
  }

  /** Whether an alert is sent to this channel; remembers that it was. */
  function isNotifiable(alert: LoggedAlert): boolean {
    if (alert.kind === 'shutdown' || !isAtLeast(alert.severity, channel.minSeverity)) return false;
    const assessed = afterChange(state, alert, muteOf(alert));
    state = { ...state, ...assessed.after };
    return assessed.isNotifiable;
  }

  function take(event: LoggedEvent): void {
    const alert = readAlert(event, log.id);
    if (alert && isNotifiable(alert)) join(alert);
  }

  function join(alert: LoggedAlert): void {
    const waitMs = (channel.groupSeconds ?? 0) * 1000;
    const open = state.open ?? {
      id: null,
      alerts: [],
      sendAt: clock.now() + waitMs,
      waitMs,
      attempts: 0,
      firstAttemptAt: null,
      lastError: null,
    };
    state = { ...state, open: { ...open, alerts: [...open.alerts, alert] } };
  }

  /** Sends muted alerts that are still firing once their silence has ended. */
  function sendUnmuted(): void {
    const now = clock.now();
    if (state.muted.length === 0 || !mayGrow()) return;
    if (Math.abs(now - askedMutesAt) < askMutesEveryMs) return;
    askedMutesAt = now;
    let touched = false;
    for (const alert of state.muted) {
      if (muteOf(alert) !== null) continue;
      if (!mayGrow()) {
        askedMutesAt = Number.NEGATIVE_INFINITY;
        break;
      }
      const isOld = state.notified.includes(alert.alertId);
      const { after } = afterChange(state, alert, null);
      state = { ...state, ...after };
      if (!isOld) join(alert);
      touched = true;
    }
    if (touched) keep();
  }

  const isFull = () => (state.open?.alerts.length ?? 0) >= alertsMaxOf(channel);
  const mayGrow = () => state.open === null || (state.open.id === null && !isFull());

  /** Takes what the log has, as much as goes into one message. */
  async function gather(): Promise<void> {
    let touched = false;
    while (state.seq < log.headSeq && mayGrow() && !stopped) {
      const headSeq = log.headSeq;
      const events = await log.readDurable(state.seq, headSeq, eventsPerRead);
      let seq = events.length < eventsPerRead ? headSeq : (events.at(-1)?.seq ?? headSeq);
      for (const event of events) {
        if (event.type !== 'system-alert' || (taken && isWithin(event, taken))) continue;
        take(event);
        touched = true;
        if (!mayGrow()) {
          seq = event.seq;
          break;
        }
      }
      state = { ...state, seq };
    }
    // The place goes to disk when it passes an alert: whether that was silenced is not asked again.
    if (touched) keep();
  }

  async function attempt(open: OpenDelivery): Promise<void> {
    const now = clock.now();
    const id = open.id ?? deliveryId(open.alerts, channel.id);
    const tried = {
      ...open,
      id,
      attempts: open.attempts + 1,
      firstAttemptAt: open.firstAttemptAt ?? now,
      sendAt: now,
      waitMs: 0,
    };
    state = { ...state, open: tried };
    // First what will be sent again after a crash, then the sending.
    keep();
    const { signal } = stopping;
    const outcome = await deliver(channel, { id, alerts: open.alerts }, { ...means, signal });
    // What a stop cuts has not hung.
    isHung = outcome.kind === 'retry' && outcome.isHung === true && !signal.aborted;
    if (outcome.kind === 'delivered') {
      state = { ...state, open: null, lastDeliveredAt: clock.now() };
      keep();
      return;
    }
    // Whether a receiver has what was cut here nobody knows; it gets it again, under the same id.
    if (signal.aborted) return;
    const { detail } = outcome;
    const retryAfterMs = outcome.kind === 'retry' ? (outcome.retryAfterMs ?? 0) : 0;
    const failed = { ...tried, now: clock.now(), retryAfterMs, random: clock.random };
    const waitMs = outcome.kind === 'final' ? null : nextWaitMs(failed);
    // Settings that were changed meanwhile are tried at once.
    const wait = state.open?.waitMs === changedMeanwhile ? 0 : waitMs;
    if (wait === null) {
      giveUp(tried, detail);
      return;
    }
    state = { ...state, open: { ...tried, sendAt: clock.now() + wait, waitMs: wait, lastError: detail } };
    keep();
  }

  function giveUp({ id, alerts, attempts, firstAttemptAt }: OpenDelivery, reason: string): void {
    const diedAt = clock.now();
    state = { ...state, open: null };
    keep({
      id: id ?? '',
      channelId: channel.id,
      channelName: channel.name,
      alerts,
      attempts,
      firstAttemptAt: firstAttemptAt ?? diedAt,
      diedAt,
      reason,
    });
  }

  async function run(): Promise<void> {
    while (!stopped) {
      goToStoredPlace();
      if (mayGrow()) await gather();
      sendUnmuted();
      const { open } = state;
      if (!open || stopped) return;
      const waitMs = open.id === null && isFull() ? 0 : Math.min(open.sendAt - clock.now(), open.waitMs);
      if (waitMs > 0) {
        callOff();
        callOff = clock.after(waitMs, wake);
        return;
      }
      await attempt(open);
    }
  }

  function wake(): void {
    if (stopped) return;
    if (running) {
      wokenMeanwhile = true;
      return;
    }
    // What waits for its time has its alarm; what it may not take any more stays in the log.
    running = run()
      .catch(() => {
        // The log could not be read: the next event tries again.
      })
      .finally(() => {
        running = null;
        if (wokenMeanwhile) {
          wokenMeanwhile = false;
          wake();
        }
      });
  }

  return {
    get channel() {
      return channel;
    },
    get state() {
      return storedPlace ? { ...state, logId: storedPlace.logId, seq: storedPlace.seq } : state;
    },
    get isHung() {
      return isHung;
    },
    get readTo() {
      return state.seq;
    },
    get takesMore() {
      return !stopped && mayGrow();
    },
    wake,
    noteDelivered() {
      state = { ...state, lastDeliveredAt: clock.now() };
      keep();
    },
    replace(next) {
      channel = next;
      const { open } = state;
      if (open?.id)
        state = { ...state, open: { ...open, sendAt: clock.now(), waitMs: running ? changedMeanwhile : 0 } };
      keep();
      wake();
    },
    async stop(graceMs) {
      stopped = true;
      callOff();
      const cut = clock.after(graceMs, () => stopping.abort());
      if (graceMs <= 0) stopping.abort();
      await running;
      cut();
    },
  };
}

type Place = Pick<DeliveryState, 'logId' | 'seq'>;

const isWithin = (
  { seq }: LoggedEvent,
  { afterSeq, toSeq }: { readonly afterSeq: number; readonly toSeq: number },
) => seq > afterSeq && seq <= toSeq;

/** As `waitMs`: the settings were changed while this was being tried. */
const changedMeanwhile = -1;

/** Names the log, the first alert, the last one, and who gets them: other alerts, another id. */
function deliveryId(alerts: readonly LoggedAlert[], channelId: string): string {
  const last = alerts.at(-1)?.id ?? '';
  return `${alerts[0]?.id}-${last.slice(last.lastIndexOf('-') + 1)}-${channelId}`;
}

function readAlert(event: LoggedEvent, logId: string): LoggedAlert | null {
  try {
    return alertOf(event, logId);
  } catch {
    return null;
  }
}
