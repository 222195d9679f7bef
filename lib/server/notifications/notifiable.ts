import type { LoggedAlert } from '@/lib/protocol/notifications';

/** Which alerts a channel has sent, and which it holds back. */
export interface NotifiedState {
  /** Alerts whose firing was sent, so that their end is sent too. */
  readonly notified: readonly string[];
  /** Firing alerts that are silenced or acknowledged. */
  readonly muted: readonly LoggedAlert[];
}

/** Why an alert is muted; `null` when it is not. */
export type Mute = 'acknowledged' | 'silenced' | null;

/** The most entries of each list; the oldest are dropped. */
const rememberedMax = 1_000;

const without = ({ notified, muted }: NotifiedState, alertId: string): NotifiedState => ({
  notified: notified.filter((one) => one !== alertId),
  muted: muted.filter((one) => one.alertId !== alertId),
});

/**
 * Whether a change is sent to a channel, and what it has sent after it. A firing that is muted is held back; an end is
 * sent where the firing was, unless it is silenced by now. Pending alerts are never sent.
 */
export function afterChange(
  before: NotifiedState,
  alert: LoggedAlert,
  mute: Mute,
): { isNotifiable: boolean; after: NotifiedState } {
  const { alertId, state } = alert;
  if (state === 'pending') return { isNotifiable: false, after: before };
  const wasNotified = before.notified.includes(alertId);
  const others = without(before, alertId);
  if (state === 'resolved') return { isNotifiable: wasNotified && mute !== 'silenced', after: others };
  if (mute !== null)
    return {
      isNotifiable: false,
      after: {
        notified: wasNotified ? before.notified : others.notified,
        muted: [...others.muted, alert].slice(-rememberedMax),
      },
    };
  return {
    isNotifiable: true,
    after: { ...others, notified: [...others.notified, alertId].slice(-rememberedMax) },
  };
}
