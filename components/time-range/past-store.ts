import type { DisplayStore } from '@/lib/client/store/display-store';
import { indexAt } from '@/lib/client/store/timeline';
import { keyOfSensor } from '@/lib/health/sensors';
import { isSampleType, type LoggedType } from '@/lib/protocol/event-types';
import { crosshair, pointedTime } from '../charts/live/crosshair';
import type { Past } from '../charts/time-view';

/** What history knows enough of; of processes it knows only how many. */
export const isPastType = (type: LoggedType): boolean => isSampleType(type) && type !== 'processes';

const weighedRows = 60;

/**
 * The live store as it would have been: what is newest is of the end of the range, or of the time that is pointed
 * at. Whoever shows figures need not know of the past. The clock, the connection and the alerts stay the present's.
 */
export function pastStore(base: DisplayStore, past: Omit<Past, 'store' | 'isRead'>): DisplayStore {
  const shownAt = () => {
    const { from, to } = past.range;
    const pointed = crosshair.pointed;
    const t = pointed && 't' in pointed ? pointedTime(pointed, 0) : null;
    return t === null ? to : Math.min(to, Math.max(from, t));
  };
  const rowAt = <T extends LoggedType>(type: T) => past.timeline(type).at(shownAt(), past.gapMs(type));

  const overrides: Partial<DisplayStore> = {
    table: (type) => (isPastType(type) ? past.timeline(type) : base.table(type)),
    latest: (type) => (isPastType(type) ? rowAt(type) : base.latest(type)),
    last: (type) => (isPastType(type) && rowAt(type)) || base.last(type),
    recent(type, withinMs) {
      if (!isPastType(type)) return base.recent(type, withinMs);
      const { rows } = past.timeline(type);
      const every = Math.max(1, Math.ceil(rows.length / weighedRows));
      return rows.filter((_, index) => index % every === 0);
    },
    isLost: (type) => !isPastType(type) && base.isLost(type),
    sensors() {
      const at = shownAt();
      const { rows } = past.timeline('sensor-data');
      const gapMs = past.gapMs('sensor-data');
      const lastValues = new Map(
        rows
          .slice(indexAt(rows, at - gapMs), indexAt(rows, at + 1))
          .flatMap(({ t, sensors }) =>
            sensors.map((sensor) => [keyOfSensor(sensor), { t, sensor }] as const),
          ),
      );
      const now = base.hostNow();
      return base.sensors().map((one) => {
        const last = lastValues.get(one.key);
        // As long ago from now as it was from the shown time.
        return last
          ? { ...one, sensor: last.sensor, t: now - (at - last.t) }
          : { ...one, sensor: { ...one.sensor, value: null } };
      });
    },
    gapMsOf: (type) => (isPastType(type) ? past.gapMs(type) : base.gapMsOf(type)),
    subscribe(listener) {
      const stops = [base.subscribe(listener), crosshair.subscribe(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
  // What is not overridden stays as live as it is there.
  return Object.assign(Object.create(base) as DisplayStore, overrides);
}
