import { rootPx, tickWidth } from '@/lib/charts/label-placement';

/** A level on the axis of values: a dashed line across the plot, and its label. */
export interface FrameLine {
  readonly value: number;
  readonly label: string;
  /** A CSS colour. */
  readonly hue: string;
}

const lineRem = 0.8125;

interface PlacedLine extends FrameLine {
  /** In px: of the line, of its label, and how far the label stands aside of others in its way. */
  readonly y: number;
  readonly labelY: number;
  readonly aside: number;
}

interface LinesOnAxis {
  readonly lines?: readonly FrameLine[] | undefined;
  /** Of the whole chart, in px, and how much of it the plot leaves free. */
  readonly height: number;
  readonly inset: { readonly top: number; readonly bottom: number };
  readonly bottom: number;
  readonly top: number;
}

/** The levels that are on the axis. Labels stand above their lines unless that would be outside the plot. */
export function placedLines({ lines = [], height, inset, bottom, top }: LinesOnAxis): readonly PlacedLine[] {
  const foot = height - inset.bottom;
  const lineHeight = lineRem * rootPx();
  const placed: PlacedLine[] = [];
  for (const line of lines) {
    if (line.value < bottom || line.value > top) continue;
    const y = foot - ((line.value - bottom) / (top - bottom)) * (foot - inset.top);
    const labelY = y < inset.top + lineHeight ? y + lineHeight : y - 4;
    const inTheWay = placed.filter((other) => Math.abs(other.labelY - labelY) < lineHeight);
    const aside = Math.max(0, ...inTheWay.map((other) => other.aside + tickWidth(other.label) + 8));
    placed.push({ ...line, y, labelY, aside });
  }
  return placed;
}

export interface ThresholdLineProps {
  readonly line: PlacedLine;
  readonly left: number;
  readonly right: number;
}

/** From `left` to `right`, in px. */
export function ThresholdLine({ line: { y, labelY, aside, hue, label }, left, right }: ThresholdLineProps) {
  return (
    <g data-threshold>
      <path d={`M${left} ${y}H${right}`} stroke={hue} strokeDasharray="4 3" />
      <text
        x={right - 3 - aside}
        y={labelY}
        textAnchor="end"
        className="tick tick-value"
        style={{ fill: hue }}
      >
        {label}
      </text>
    </g>
  );
}
