import { hueOfTone, type Threshold } from '@/lib/charts/annotation-lines';
import { rootPx, tickWidth } from '@/lib/charts/label-placement';
import type { PlotInset } from './frame';
import type { Size } from './use-size';

export interface ThresholdLinesProps {
  readonly thresholds: readonly Threshold[];
  readonly bottom: number;
  readonly top: number;
  /** Of the whole chart. */
  readonly size: Size;
  readonly inset: PlotInset;
}

/** Levels that mean something, as far as the axis goes. */
export function ThresholdLines({
  thresholds,
  bottom,
  top,
  size: { width, height },
  inset,
}: ThresholdLinesProps) {
  const foot = height - inset.bottom;
  const y = (value: number) => foot - ((value - bottom) / (top - bottom)) * (foot - inset.top);
  const labels = placed(
    thresholds
      .filter(({ value }) => value >= bottom && value <= top)
      .map((threshold) => ({ ...threshold, y: y(threshold.value) })),
    inset,
  );
  if (labels.length === 0) return null;
  return (
    <svg aria-hidden="true" width={width} height={height} className="absolute inset-0">
      {labels.map(({ label, tone, y: at, labelY, aside }) => (
        <g key={label} data-threshold={tone}>
          <path
            d={`M${inset.left} ${at}H${width - inset.right}`}
            stroke={hueOfTone[tone]}
            strokeDasharray="4 3"
          />
          <text
            x={width - 4 - aside}
            y={labelY}
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

const lineRem = 0.8125;

/** Where the labels go: above their lines, unless that would be outside; beside another that is in the way. */
function placed<T extends { readonly label: string; readonly y: number }>(
  thresholds: readonly T[],
  inset: PlotInset,
) {
  const lineHeight = lineRem * rootPx();
  const taken: { labelY: number; aside: number }[] = [];
  return thresholds.map((threshold) => {
    const labelY = threshold.y < inset.top + lineHeight ? threshold.y + lineHeight : threshold.y - 4;
    const inTheWay = taken.filter((other) => Math.abs(other.labelY - labelY) < lineHeight);
    const aside = Math.max(0, ...inTheWay.map((other) => other.aside));
    taken.push({ labelY, aside: aside + tickWidth(threshold.label) + 8 });
    return { ...threshold, labelY, aside };
  });
}
