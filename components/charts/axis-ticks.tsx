import type { XAxisTickContentProps, YAxisTickContentProps } from 'recharts';

interface Labelled {
  readonly format: (value: number) => string;
}

/** A moment on the time axis. The outermost stand inside the plot; every other one goes where there is little room. */
export function TimeTick({
  x,
  y,
  index,
  visibleTicksCount,
  payload,
  format,
}: XAxisTickContentProps & Labelled) {
  const last = index === visibleTicksCount - 1;
  const anchor = index === 0 ? 'start' : last ? 'end' : 'middle';
  const spare = (visibleTicksCount - 1 - index) % 2 === 1;
  return (
    <text x={x} y={y} dy="0.75em" textAnchor={anchor} className={`tick ${spare ? 'tick-spare' : ''}`}>
      {format(Number(payload.value))}
    </text>
  );
}

interface Footed extends Labelled {
  /** The value at the lower edge. */
  readonly foot: number;
}

/** A value, on the plot below its grid line, at the lower edge above it; zero goes without saying. */
export function ValueTick({ y, payload, format, foot }: YAxisTickContentProps & Footed) {
  const value = Number(payload.value);
  if (value === 0) return null;
  return (
    <text x={4} y={y} dy={value === foot ? '-0.5em' : '1.15em'} className="tick">
      {format(value)}
    </text>
  );
}
