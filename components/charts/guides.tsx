import { plotInset } from './frame';
import { hueOfTone, type Threshold } from './marks';
import type { Size } from './use-size';

export interface GuidesProps {
  readonly thresholds: readonly Threshold[];
  readonly bottom: number;
  readonly top: number;
  /** Of the whole chart. */
  readonly size: Size;
}

/** Levels that mean something, as far as the axis goes. */
export function Guides({ thresholds, bottom, top, size: { width, height } }: GuidesProps) {
  const foot = height - plotInset.bottom;
  const y = (value: number) => foot - ((value - bottom) / (top - bottom)) * (foot - plotInset.top);
  const shown = thresholds.filter(({ value }) => value >= bottom && value <= top);
  if (shown.length === 0) return null;
  return (
    <svg aria-hidden="true" width={width} height={height} className="absolute inset-0">
      {shown.map(({ value, label, tone }) => (
        <g key={label} data-threshold={tone}>
          <path
            d={`M${plotInset.left} ${y(value)}H${width - plotInset.right}`}
            stroke={hueOfTone[tone]}
            strokeDasharray="4 3"
          />
          <text
            x={width - 4}
            y={y(value)}
            // Above its line, unless that would be outside.
            dy={y(value) < plotInset.top + 16 ? '1.15em' : '-0.4em'}
            textAnchor="end"
            className="tick tick-value"
            style={{ fill: hueOfTone[tone] }}
          >
            {label}
          </text>
        </g>
      ))}
    </svg>
  );
}
