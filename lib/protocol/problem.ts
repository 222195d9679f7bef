import { z } from 'zod';

/** Every refusal by its code, with its HTTP status (RFC 9110) and title (RFC 9457). */
export const problems = {
  'bad-query': { status: 400, title: 'The query is not understood' },
  'bad-path': { status: 400, title: 'The path is not understood' },
  'bad-request': { status: 400, title: 'The request is not understood' },
  'bad-body': { status: 400, title: 'The body is not understood' },
  'wrong-host': { status: 403, title: 'This host name is not allowed' },
  'wrong-origin': { status: 403, title: 'This origin is not allowed' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'wrong-method': { status: 405, title: 'This method is not for this address' },
  'sensor-taken': { status: 409, title: 'This sensor is the host’s own' },
  'request-timeout': { status: 408, title: 'The request did not come to its end' },
  'key-reused': { status: 422, title: 'This key was used for something else' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'too-large': { status: 413, title: 'The body is too large' },
  'uri-too-long': { status: 414, title: 'The address is too long' },
  'unsupported-encoding': { status: 415, title: 'This encoding of the body is not understood' },
  'bad-expectation': { status: 417, title: 'This expectation cannot be met' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'not-implemented': { status: 501, title: 'This is not implemented here' },
  'wrong-version': { status: 505, title: 'This version of HTTP is not spoken here' },
  'log-unavailable': { status: 503, title: 'Nothing can be kept at the moment' },
  unhealthy: { status: 503, title: 'Hostbeat is not well' },
  busy: { status: 503, title: 'Too much is asked for at once' },
  'too-many-streams': { status: 503, title: 'Too many streams are open' },
  'too-many-filters': { status: 503, title: 'Too many different filters are in use' },
  stopping: { status: 503, title: 'Hostbeat is stopping' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

export interface ProblemError {
  readonly path: string;
  readonly message: string;
}

/** A refusal as a value; `errors` names each field that is wrong. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly ProblemError[];
  /** Seconds after which to try again; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** The methods that there are; sent as `Allow`. */
  readonly allow?: string;
}

/** The body of every error answer, `application/problem+json`. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
