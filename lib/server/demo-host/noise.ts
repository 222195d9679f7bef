/** Chance that anybody can compute again: the same seed, channel and index always give the same figure. */
export interface Noise {
  /** Uniform in [0, 1). Indices count modulo 2^32. */
  draw(channel: number, index: number): number;
  /** Wanders within −1..1 with a continuous slope; about one turn each `periodMs`. */
  wander(channel: number, unixMs: number, periodMs: number): number;
}

/** Value noise: a hashed figure at each multiple of the period, and a smooth curve between neighbours. */
export function openNoise(seed: number): Noise {
  const salt = scramble(seed ^ 0x5bd1e995);

  const draw = (channel: number, index: number) =>
    (scramble(scramble(salt ^ channel) + (index | 0)) >>> 0) / 2 ** 32;

  return {
    draw,
    wander(channel, unixMs, periodMs) {
      // Channels turn at different times, or the whole machine would swing in step.
      const phase = (channel >>> 8) / 2 ** 24;
      const position = unixMs / periodMs + phase;
      const index = Math.floor(position);
      const part = smooth(position - index);
      return 2 * (draw(channel, index) * (1 - part) + draw(channel, index + 1) * part) - 1;
    },
  };
}

/** A channel's number: FNV-1a over its name, scrambled once so that similar names are strangers. */
export function channelOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return scramble(hash);
}

/** From 0 to 1 as `part` goes there, flat at both ends. */
export function smooth(part: number): number {
  const within = Math.min(1, Math.max(0, part));
  return within * within * (3 - 2 * within);
}

/** A bijection of the 32-bit integers in which each bit in turns half the bits out. */
function scramble(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return bits ^ (bits >>> 16);
}
