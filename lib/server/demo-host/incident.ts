import type { IoRates } from './io-rates';

/** A time span in Unix ms. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** A process that runs for a while and uses resources. */
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
  readonly ioRates: IoRates;
  /** Noise channel. */
  readonly channel: number;
}

/** A login session. */
export interface LoginSession extends Span {
  readonly user: string;
  readonly terminal: string;
  readonly from: string;
}

/** A container becomes unhealthy, is restarted and recovers. */
export interface Outage {
  readonly service: string;
  readonly unhealthyMs: number;
  readonly downMs: number;
  readonly startedMs: number;
  readonly healthyMs: number;
}

/** A service takes more and more memory, up to its limit. */
export interface Leak extends Span {
  readonly service: string;
}

/** The root file system fills and is then cleared. */
export interface DiskFill {
  readonly startMs: number;
  readonly fullMs: number;
  readonly clearedMs: number;
  readonly bytes: number;
}

/** Effects of an incident; most have one or two. */
export interface Effects {
  readonly jobs?: readonly Job[];
  readonly logins?: readonly LoginSession[];
  readonly outage?: Outage;
  readonly leak?: Leak;
  readonly diskFill?: DiskFill;
  /** Mains power is off; the UPS battery feeds the machine. */
  readonly powerOutage?: Span;
}

/** An incident, from its first effect to its last. */
export interface Incident extends Span, Effects {
  readonly kind: string;
}

/** The part of `from`..`to` that lies within the span: rises and falls as the window passes an edge. */
export function overlap({ startMs, endMs }: Span, from: number, to: number): number {
  const shared = Math.min(endMs, to) - Math.max(startMs, from);
  return shared <= 0 ? 0 : shared / (to - from);
}
