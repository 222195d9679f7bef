import type { LoggedAlert } from '@/lib/protocol/notifications';

/** What a channel's people were told of, and what was kept from them. */
export interface NotifiedState {
  /** Alerts whose firing was taken, and whose end is news therefore. */
  readonly notified: readonly string[];
  /** Firing alerts that are silenced or acknowledged. */
  readonly muted: readonly LoggedAlert[];
}

/**
 * Why an alert is kept from people: somebody has seen it, or it is silenced. `null`: there is no reason.
 */
export type Mute = 'acknowledged' | 'silenced' | null;

/** Of each list the newest are kept. */
const rememberedMax = 1_000;

const without = ({ notified, muted }: NotifiedState, alertId: string): NotifiedState => ({
  notified: notified.filter((one) => one !== alertId),
  muted: muted.filter((one) => one.alertId !== alertId),
});

/**
 * Whether people are to hear of a change. A firing that is muted is withheld; an end is news where the firing
 * was, unless it is silenced by now. Pending is nobody's business yet.
 */
export function afterChange(
  before: NotifiedState,
  alert: LoggedAlert,
  mute: Mute,
): { isNews: boolean; after: NotifiedState } {
  const { alertId, state } = alert;
  if (state === 'pending') return { isNews: false, after: before };
  const wasTold = before.notified.includes(alertId);
  const others = without(before, alertId);
  if (state === 'resolved') return { isNews: wasTold && mute !== 'silenced', after: others };
  if (mute !== null)
    return {
      isNews: false,
      after: {
        notified: wasTold ? before.notified : others.notified,
        muted: [...others.muted, alert].slice(-rememberedMax),
      },
    };
  return {
    isNews: true,
    after: { ...others, notified: [...others.notified, alertId].slice(-rememberedMax) },
  };
}
