import type { AlertTone } from '../alerts/severity';

/** Nothing is known: since something went wrong, or since it is not kept so long. */
type Blank = 'gap' | 'unkept';

/** Something on the axis of time: it happened, or nothing is known. */
export interface Annotation {
  readonly key: string;
  readonly kind: 'alert' | 'login' | 'logout' | 'stop' | 'note' | 'message' | 'event' | Blank;
  /** Unix ms. */
  readonly t: number;
  /** The end, where it lasted. */
  readonly until: number | null;
  /** Of alerts. */
  readonly tone: AlertTone | null;
  readonly title: string;
  readonly text: string;
  /** Where more of it is; `null` when nowhere. */
  readonly href: string | null;
}

export const gapCauses = [
  'server-stopped',
  'server-crashed',
  'host-off',
  'host-asleep',
  'clock-set',
  'server-stalled',
  'reading-failed',
  'not-kept',
  'unreadable',
  'client-too-slow',
  'unknown',
] as const;
export type GapCause = (typeof gapCauses)[number];

/** A time of which nothing is known: Unix ms, the second exclusive. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  /** A cause that is not known here counts as unknown. */
  readonly cause: string;
}

export const causeOf = ({ cause }: Gap): GapCause => gapCauses.find((one) => one === cause) ?? 'unknown';

export const isBlank = ({ kind }: Pick<Annotation, 'kind'>) => kind === 'gap' || kind === 'unkept';
