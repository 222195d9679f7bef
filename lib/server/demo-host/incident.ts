import type { Flows } from './io-rates';

/** From a moment to a later one, in Unix ms. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** One process that runs for a while and takes something. */
export interface Job extends Span {
  readonly pid: number;
  readonly name: string;
  readonly user: string;
  readonly command: string;
  /** The service in whose container it runs; `null` on the host. */
  readonly service: string | null;
  readonly cores: number;
  readonly systemShare: number;
  readonly isNice: boolean;
  readonly memoryBytes: number;
  readonly flows: Flows;
  /** Of its noise. */
  readonly channel: number;
}

/** Somebody is logged in. */
export interface Visit extends Span {
  readonly user: string;
  readonly terminal: string;
  readonly from: string;
}

/** A container falls ill, is restarted and is well again. */
export interface Outage {
  readonly service: string;
  readonly sickMs: number;
  readonly downMs: number;
  readonly upMs: number;
  readonly wellMs: number;
}

/** A service takes more and more memory, up to its limit. */
export interface Leak extends Span {
  readonly service: string;
}

/** The root file system fills and is then cleared. */
export interface Flood {
  readonly startMs: number;
  readonly fullMs: number;
  readonly clearedMs: number;
  readonly bytes: number;
}

/** What an incident brings about; most bring one thing or two. */
export interface Effects {
  readonly jobs?: readonly Job[];
  readonly visits?: readonly Visit[];
  readonly outage?: Outage;
  readonly leak?: Leak;
  readonly flood?: Flood;
  /** The mains are away, and the battery of the UPS feeds the machine. */
  readonly blackout?: Span;
}

/** Something out of the ordinary, from its first sign to its last. */
export interface Incident extends Span, Effects {
  readonly kind: string;
}

/** The part of `from`..`to` that lies within the span: rises and falls as the window passes an edge. */
export function overlap({ startMs, endMs }: Span, from: number, to: number): number {
  const shared = Math.min(endMs, to) - Math.max(startMs, from);
  return shared <= 0 ? 0 : shared / (to - from);
}
