import type { PlaceName } from '@/lib/health/finding';
import type { LoggedPayloads, LoggedType } from '@/lib/protocol/event-types';
import { Sparkline } from '../charts/live/sparkline';
import { Card } from '../ui/card';

export interface TileProps<T extends LoggedType> {
  readonly label: string;
  readonly figure: string;
  /** What the figure is of, or where. */
  readonly aside?: string;
  /** The panel with more detail. */
  readonly place: PlaceName | 'cores';
  readonly type: T;
  /** What its line shows; the same function at each render. */
  readonly value: (row: LoggedPayloads[T]) => number | null;
  readonly hue: string;
  readonly max: number | 'auto';
}

/** A key figure with its last five minutes; leads to its panel. */
export function Tile<T extends LoggedType>(props: TileProps<T>) {
  const { label, figure, aside = '', place, type, value, hue, max } = props;
  return (
    <li className="min-w-0">
      <Card as="a" href={`#${place}`} className="flex h-full flex-col overflow-hidden hover:border-faint">
        <div className="px-3.5 pt-3">
          <div className="flex items-baseline justify-between gap-2 text-xs whitespace-nowrap text-soft">
            <h2>{label}</h2>
            {/* Another text in its place, not the same one moved. */}
            <span key={aside} className="truncate" title={aside}>
              {aside}
            </span>
          </div>
          {/* One text: a unit of its own would move with each digit. */}
          <p className="mt-0.5 truncate text-2xl leading-9 font-semibold tracking-tight">{figure}</p>
        </div>
        <Sparkline type={type} value={value} hue={hue} max={max} />
      </Card>
    </li>
  );
}
