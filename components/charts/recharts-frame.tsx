'use client';

import { CartesianGrid, LineChart, ReferenceArea, ReferenceLine, XAxis, YAxis } from 'recharts';
import { type FrameProps, placedTicks, TimeLabel, ValueLabel } from './frame';
import { placedLines, ThresholdLine } from './threshold-line';

export interface RechartsFrameProps extends FrameProps {
  /** Times that are set off, from 0 on the left of the plot to 1 on its right. */
  readonly areas?: readonly { readonly from: number; readonly to: number }[];
  /** A CSS colour. */
  readonly areaHue?: string;
}

/** Shorter times would not be seen. */
const areaPxMin = 2;

/** The frame as Recharts draws it. It holds no data, so it is drawn once per scale and size. */
export function RechartsFrame(props: RechartsFrameProps) {
  const {
    width,
    height,
    inset,
    bottom,
    top,
    valueTicks,
    timeTicks,
    formatValue,
    areas = [],
    areaHue,
  } = props;
  const placed = placedTicks(props);
  const foot = height - inset.bottom;
  return (
    <LineChart
      width={width}
      height={height}
      data={[
        { x: 0, y: bottom },
        { x: 1, y: top },
      ]}
      margin={{ ...inset, bottom: 0 }}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} className="grid-line" stroke="" />
      <XAxis
        dataKey="x"
        type="number"
        domain={[0, 1]}
        ticks={timeTicks.map(({ at }) => at)}
        tick={({ index }) => {
          const tick = placed[index];
          return tick ? <TimeLabel x={tick.x} y={foot} label={tick.label} placed={tick.placed} /> : <g />;
        }}
        tickLine={false}
        axisLine={false}
        height={inset.bottom}
        interval={0}
      />
      <YAxis
        dataKey="y"
        type="number"
        domain={[bottom, top]}
        allowDataOverflow
        ticks={valueTicks}
        tick={({ y, payload }) => (
          <ValueLabel y={Number(y)} value={Number(payload.value)} format={formatValue} foot={bottom} />
        )}
        interval={0}
        tickLine={false}
        axisLine={false}
        mirror
        width={60}
      />
      {areas.map(({ from, to }) => (
        <ReferenceArea
          key={from}
          x1={Math.max(0, from)}
          x2={Math.min(1, to)}
          shape={({ x, y, width: across, height: high }) => (
            <rect
              data-testid="span"
              x={x}
              y={y}
              width={Math.max(areaPxMin, across)}
              height={high}
              fill={areaHue}
              fillOpacity={0.16}
            />
          )}
        />
      ))}
      {placedLines(props).map((line) => (
        <ReferenceLine
          key={line.label}
          y={line.value}
          shape={({ x1, x2 }) => (
            <ThresholdLine line={line} left={Math.min(x1, x2)} right={Math.max(x1, x2)} />
          )}
        />
      ))}
    </LineChart>
  );
}
