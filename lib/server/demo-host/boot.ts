import { channelOf, type Noise } from './noise';

/** The machine updates itself every week, kernel and all. */
const weekMs = 7 * 86_400_000;
const channel = channelOf('boot');

/** When the machine that runs at a given time was started: Unix ms, in whole seconds. */
export function bootTimeAt(noise: Noise, unixMs: number): number {
  const phaseMs = Math.floor((noise.draw(channel, 0) * weekMs) / 1000) * 1000;
  const at = Math.floor((unixMs - phaseMs) / weekMs) * weekMs + phaseMs;
  // There is no Unix time before 0.
  return Math.max(0, at);
}
