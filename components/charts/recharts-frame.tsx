'use client';

import { CartesianGrid, LineChart, XAxis, YAxis } from 'recharts';
import { type FrameProps, placedTicks, TimeLabel, ValueLabel } from './frame';

/** The frame as Recharts draws it. It holds no data, so it is drawn once per scale and size. */
export function RechartsFrame(props: FrameProps) {
  const { width, height, inset, bottom, top, valueTicks, timeTicks, formatValue } = props;
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
    </LineChart>
  );
}
