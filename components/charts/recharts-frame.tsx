'use client';

import { CartesianGrid, LineChart, XAxis, YAxis } from 'recharts';
import { type FrameProps, isSpare, plotInset, TimeLabel, ValueLabel } from './frame';

const axisHeight = plotInset.bottom;
const margin = { ...plotInset, bottom: 0 };

/** The frame as Recharts draws it. It holds no data, so it is drawn once per scale and size. */
export function RechartsFrame({
  width,
  height,
  bottom,
  top,
  valueTicks,
  timeTicks,
  formatValue,
}: FrameProps) {
  const moments = timeTicks.map(({ at }) => at);
  return (
    <LineChart
      width={width}
      height={height}
      data={[
        { x: 0, y: bottom },
        { x: 1, y: top },
      ]}
      margin={margin}
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} className="grid-line" stroke="" />
      <XAxis
        dataKey="x"
        type="number"
        domain={[0, 1]}
        ticks={moments}
        tick={({ x, y, index, payload }) => (
          <TimeLabel
            x={Number(x)}
            y={Number(y)}
            tick={timeTicks[index] ?? { at: Number(payload.value), label: '' }}
            spare={isSpare(index, timeTicks.length)}
            width={width}
          />
        )}
        tickLine={false}
        axisLine={false}
        height={axisHeight}
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
    </LineChart>
  );
}
