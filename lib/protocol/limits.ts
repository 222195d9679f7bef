// Figures that the server keeps to and its clients count on.

/** A quiet stream gets a comment and a `heartbeat` after this long; clients derive from it when a connection is dead. */
export const heartbeatMs = 10_000;

/** How many times as fast as it was the feed replays the past. */
export const replaySpeeds = [1, 10, 60] as const;
export type ReplaySpeed = (typeof replaySpeeds)[number];

const hour = 3_600_000;
const day = 24 * hour;

/** How long the log keeps samples. */
export const samplesKeptMs = hour;
/** How long the log keeps what happened once, by its own time. */
export const durableEventsKeptMs = 90 * day;
/** How long history keeps its coarsest steps. */
export const historyKeptMs = 10 * 365 * day;

/** How many metrics one request of `/api/history` takes. */
export const metricsPerQueryMax = 24;
/** The longest text of a message, in characters. */
export const messageTextMax = 16_384;
