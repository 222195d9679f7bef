import 'uplot/dist/uPlot.min.css';
import UPlot from 'uplot';
import { charts, points, sample, spanMs, tickMs, timeOf } from './samples';

/** The same twelve charts as uPlot draws them: fixed scales, no legend, no cursor. */
const page = document.querySelector('#page');
const grid = document.createElement('div');
grid.style.cssText = 'display:grid;grid-template-columns:repeat(4,340px);gap:12px;padding:12px';
page?.append(grid);

let count = points;
const times = Array.from({ length: points }, (_, index) => timeOf(index) / 1000);
const values = Array.from({ length: charts }, (_, chart) =>
  Array.from({ length: points }, (_, index) => sample(chart, index)),
);

const axis = { stroke: '#98a3b2', grid: { stroke: '#222a35', width: 1 }, ticks: { show: false } };
const plots = values.map((of) => {
  const box = document.createElement('div');
  grid.append(box);
  return new UPlot(
    {
      width: 340,
      height: 190,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: true, auto: false }, y: { range: [0, 100] } },
      axes: [axis, { ...axis, values: (_, splits) => splits.map((split) => `${split} %`) }],
      series: [{}, { stroke: '#5aa2ff', width: 1.75, points: { show: false } }],
    },
    [times, of],
    box,
  );
});

function draw(): void {
  const now = Date.now() / 1000;
  plots.forEach((plot, chart) => {
    plot.setData([times, values[chart] ?? []], false);
    plot.setScale('x', { min: now - spanMs / 1000, max: now });
  });
}

draw();
setInterval(() => {
  for (; timeOf(count) <= Date.now(); count += 1) {
    times.shift();
    times.push(timeOf(count) / 1000);
    values.forEach((of, chart) => {
      of.shift();
      of.push(sample(chart, count));
    });
  }
  draw();
}, tickMs);
