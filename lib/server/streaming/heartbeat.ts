import { encodeEvent } from './encode';

export interface Heartbeat {
  /** Unix ms; in a replay its clock. */
  readonly serverTime: number;
  /** Where the stream goes on; left out where nothing new is known. */
  readonly id?: string | undefined;
  /** The delay in ms after which the client may come back, when this is the last that it hears. */
  readonly retry?: number | undefined;
}

/** What a quiet stream says, with a comment for proxies, and the last event of a stream that is ended. */
export function encodeHeartbeat({ serverTime, id, retry }: Heartbeat): string {
  return encodeEvent({
    ...(retry === undefined ? { comment: 'still here' } : { retry }),
    event: 'heartbeat',
    data: JSON.stringify({ serverTime }),
    ...(id === undefined ? {} : { id }),
  });
}
