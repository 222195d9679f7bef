import type { HttpResponse } from './http-post';

/**
 * The outcome of an attempt. `retry`: it may work later; `final`: it will never work. `detail` is shown and stored, so it
 * must not contain secrets.
 */
export type Outcome =
  | { readonly kind: 'delivered'; readonly detail: string }
  | {
      readonly kind: 'retry';
      readonly detail: string;
      readonly retryAfterMs?: number;
      /** It did not end within twice its time limit, and is no longer waited for. */
      readonly isHung?: true;
    }
  | { readonly kind: 'final'; readonly detail: string };

const dayMs = 86_400_000;

/** Seconds or an HTTP date (RFC 9110, 10.2.3), at most a day; `null` for what is neither. */
export function retryAfterMs(text: string | undefined, now: number): number | null {
  if (text === undefined) return null;
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), dayMs) : null;
}

/** `reason` is the service's own explanation, where its API has one. */
export function outcomeOfResponse(
  { status, headers, receivedAt }: HttpResponse,
  reason: string | null = null,
): Outcome {
  const detail = `answered ${status}${reason ? `: ${reason.slice(0, 200)}` : ''}`;
  if (status >= 200 && status < 300) return { kind: 'delivered', detail };
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: 'final', detail };
  const wait = retryAfterMs(headers['retry-after'], receivedAt);
  return { kind: 'retry', detail, ...(wait === null ? {} : { retryAfterMs: wait }) };
}

/** One string field of a JSON answer; `null` where there is none. */
export function fieldOf(body: string, name: string): string | null {
  try {
    const value = (JSON.parse(body) as Record<string, unknown> | null)?.[name];
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

const errorTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'names cannot be looked up at the moment',
  ETIMEDOUT: 'no answer in time',
  ABORT_ERR: 'no answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'it does not speak TLS there',
  HPE_INVALID_CONSTANT: 'it does not speak HTTP there',
};

/** The outcome of a failed attempt. Of an `AggregateError` (several addresses were tried) the first error counts. */
export function outcomeOfError(error: unknown): Outcome {
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = first instanceof Error ? (first as Error & { code?: unknown }) : {};
  if (code === 'refused-address' || code === 'redirect') return { kind: 'final', detail: message ?? '' };
  const known = typeof code === 'string' ? (errorTexts[code] ?? code) : null;
  return { kind: 'retry', detail: known ?? 'it failed for a reason that Node does not name' };
}
