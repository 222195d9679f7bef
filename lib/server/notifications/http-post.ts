import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { deadlineAfter } from '@/lib/protocol/deadline';
import type { Clock } from '@/lib/server/concurrency/clock';
import { checkedLookup, type Resolve } from './checked-lookup';
import { isRefusedAddress, RefusedAddressError } from './refused-address';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface Network {
  readonly clock: Clock;
  readonly resolve: Resolve;
  /** For the whole attempt: name look-up, connection, redirects and response. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The beginning of it. */
  readonly body: string;
  /** Unix ms. */
  readonly receivedAt: number;
}

/** A redirect that is not followed. */
export class RedirectError extends Error {
  readonly code = 'redirect';
}

const redirectsMax = 3;
const answerBytesMax = 16 * 1024;

/** A POST, with redirects that keep method and body (307, 308) followed. Throws what Node throws, and the errors above. */
export async function post(
  target: Post,
  { clock, resolve, timeoutMs, signal }: Network,
): Promise<HttpResponse> {
  const ending = deadlineAfter(timeoutMs, signal);
  let current = target;
  try {
    for (let redirects = 0; ; redirects += 1) {
      const answer = await once(current, resolve, ending.signal);
      if (answer.status < 300 || answer.status >= 400) return { ...answer, receivedAt: clock.wallMs() };
      if (redirects >= redirectsMax) throw new RedirectError(`it redirects more than ${redirectsMax} times`);
      current = redirected(current, answer);
    }
  } finally {
    ending.clear();
  }
}

type Answer = Omit<HttpResponse, 'receivedAt'>;

function redirected(from: Post, { status, headers }: Answer): Post {
  const target = headers.location ?? '';
  if (status !== 307 && status !== 308)
    throw new RedirectError(
      `it answers ${status}, a redirect that would lose the message: use the address that it leads to`,
    );
  if (!URL.canParse(target, from.url)) throw new RedirectError(`it answers ${status} without an address`);
  const [before, after] = [new URL(from.url), new URL(target, from.url)];
  if (after.protocol !== before.protocol && after.protocol !== 'https:')
    throw new RedirectError('it redirects to what is no longer HTTPS or HTTP');
  const headersKept = { ...from.headers };
  // Another server must not receive the password.
  if (after.origin !== before.origin) delete headersKept.Authorization;
  return { ...from, url: after.href, headers: headersKept };
}

function once({ url, headers, body }: Post, resolve: Resolve, signal: AbortSignal): Promise<Answer> {
  const target = new URL(url);
  // Node looks up names only, so addresses are checked here.
  if (isRefusedAddress(target.hostname)) throw new RefusedAddressError(target.hostname, target.hostname);
  const request = target.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((settle, reject) => {
    const outgoing = request(
      target,
      {
        method: 'POST',
        agent: false,
        lookup: checkedLookup(resolve),
        signal,
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body), 'User-Agent': 'Hostbeat' },
      },
      (incoming) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        const done = () => {
          const text = Buffer.concat(parts).subarray(0, answerBytesMax).toString('utf8');
          settle({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
          incoming.destroy();
        };
        incoming.on('data', (part: Buffer) => {
          parts.push(part);
          bytes += part.length;
          if (bytes >= answerBytesMax) done();
        });
        incoming.on('end', done);
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
