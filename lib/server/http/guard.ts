import { IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Problem, ProblemCode } from '@/lib/protocol/problem';
import { clientOf, countedAddress, networkMatcher } from '@/lib/server/auth/client-address';
import { type GuardedRequest, type GuardOptions, guardRequest } from '@/lib/server/auth/request-guard';
import { apiPolicy, securityHeaders } from '@/lib/server/auth/security-headers';
import { forwardedHeader, peerHeader } from './peer';
import { checkQuery } from './query-check';
import { bodyBytesMax } from './request-body';
import { problemAnswer } from './respond';

export interface HttpGuardOptions extends GuardOptions {
  readonly trustedProxies: readonly string[];
  /** From the end of a request's head to the end of its body. Default 20 s. */
  readonly bodyTimeoutMs?: number;
}

export interface HttpGuard {
  /**
   * Answers requests that are refused. `pass` is called with the others: their target is a path, the headers of every
   * answer are set, and the body has been read completely.
   */
  admit(incoming: IncomingMessage, answer: ServerResponse, pass: (incoming: IncomingMessage) => void): void;
  /** Answers requests that are not valid HTTP, too slow or too long: the server's `clientError`. */
  refuseBroken(error: BrokenRequest, socket: Duplex): void;
  /** Answers a `CONNECT`, which Node.js gives no response. */
  refuseTunnel(incoming: IncomingMessage, socket: Duplex): void;
}

export type BrokenRequest = Error & {
  readonly code?: string;
  readonly reason?: string;
  readonly rawPacket?: Buffer;
};

const defaultBodyTimeoutMs = 20_000;
/** How much of a refused body is read and discarded: a client that is still sending does not read the response. */
const discardedBytesMax = 1024 * 1024;
const discardMs = 5_000;

export function openHttpGuard(options: HttpGuardOptions): HttpGuard {
  const isTrusted = networkMatcher(options.trustedProxies);
  const bodyTimeoutMs = options.bodyTimeoutMs ?? defaultBodyTimeoutMs;
  /** The latest request of each connection and its response. */
  const underWay = new WeakMap<Duplex, { incoming: IncomingMessage; answer: ServerResponse }>();
  const broken = new WeakSet<Duplex>();

  function guarded(incoming: IncomingMessage): GuardedRequest {
    const { method = '', url = '', rawHeaders, headers, socket } = incoming;
    const hosts = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === 'host');
    return {
      method,
      target: url,
      hosts,
      headerCount: rawHeaders.length / 2,
      header: (name) => headers[name]?.toString() ?? null,
      isFromProxy: isTrusted(clientOf(socket.remoteAddress ?? '', null, () => false).address),
      listenPort: socket.localPort ?? null,
    };
  }

  return {
    admit(incoming, answer, pass) {
      const { headers, socket } = incoming;
      underWay.set(socket, { incoming, answer });
      const forwardedFor = headers['x-forwarded-for']?.toString() ?? null;
      const client = clientOf(socket.remoteAddress ?? '', forwardedFor, isTrusted);
      headers[peerHeader] = countedAddress(client.address);
      headers[forwardedHeader] = client.isForwarded ? '1' : '0';

      const decision = guardRequest(guarded(incoming), options);
      for (const [name, value] of Object.entries(decision.headers)) answer.setHeader(name, value);
      if (decision.kind === 'refuse') return refuse(incoming, answer, decision.problem);
      const unread = unreadableBody(incoming);
      if (unread !== null) return refuse(incoming, answer, unread);
      const { expect } = headers;
      if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
        const detail = `"${expect.slice(0, 100)}" is not 100-continue`;
        return refuse(incoming, answer, { code: 'bad-expectation', detail });
      }
      if (decision.kind === 'options') {
        answer.writeHead(204).end();
        return discard(incoming);
      }
      const unknown = checkQuery(decision.url);
      if (unknown) return refuse(incoming, answer, unknown);
      incoming.url = decision.url;
      headers.host = decision.host;
      if (!hasBody(incoming)) return pass(incoming);
      if (Number(headers['content-length'] ?? 0) > bodyBytesMax) return refuse(incoming, answer, tooLarge);
      if (expect !== undefined) answer.writeContinue();
      readBody(incoming, bodyTimeoutMs, (body) => {
        if (Buffer.isBuffer(body)) pass(withBody(incoming, body));
        else refuse(incoming, answer, body);
      });
    },

    refuseBroken(error, socket) {
      if (!socket.writable || broken.has(socket)) {
        socket.destroy();
        return;
      }
      broken.add(socket);
      const current = underWay.get(socket);
      const problem = problemOf(error);
      // Browsers open connections for later; one that nothing ever came through has asked nothing.
      if (problem === null || (socket as Socket).bytesRead === 0) socket.destroy(error);
      else if (!current || current.answer.writableFinished) endWith(socket, problem);
      else if (current.answer.headersSent) socket.destroy(error);
      else if (!current.incoming.complete) endWith(socket, problem);
      // The request before it is still to be answered.
      else current.answer.once('finish', () => endWith(socket, problem));
    },

    refuseTunnel(incoming, socket) {
      const decision = guardRequest(guarded(incoming), options);
      if (decision.kind === 'refuse') endWith(socket, decision.problem);
      else socket.destroy();
    },
  };
}

const tooLarge: Problem = { code: 'too-large', detail: `A request takes at most ${bodyBytesMax} bytes` };

/** What is wrong with how a body is wrapped; `null` where it can be read (RFC 9112, 6.1; RFC 9110, 8.4). */
function unreadableBody({ headers, httpVersion }: IncomingMessage): Problem | null {
  const transfer = headers['transfer-encoding']?.trim().toLowerCase();
  if (transfer !== undefined && httpVersion === '1.0') {
    return { code: 'bad-request', detail: 'HTTP/1.0 has no Transfer-Encoding' };
  }
  if (transfer !== undefined && transfer !== 'chunked') {
    const detail = `Transfer-Encoding "${transfer.slice(0, 100)}" is not chunked alone`;
    return { code: 'not-implemented', detail };
  }
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity') return null;
  const detail = `Content-Encoding "${coding.slice(0, 100)}" is not understood: send the body as it is`;
  return { code: 'unsupported-encoding', detail };
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** Reads all of a body, or reports what is wrong with it; nothing if the client disconnects. */
function readBody(
  incoming: IncomingMessage,
  timeoutMs: number,
  onResult: (body: Buffer | Problem) => void,
): void {
  const parts: Buffer[] = [];
  let size = 0;
  const late = setTimeout(() => {
    const detail = `The body was not here within ${timeoutMs / 1000} s`;
    settle({ code: 'request-timeout', detail });
  }, timeoutMs);
  const onData = (part: Buffer) => {
    size += part.length;
    if (size > bodyBytesMax) settle(tooLarge);
    else parts.push(part);
  };
  const onEnd = () => settle(Buffer.concat(parts));
  const onClose = () => clearTimeout(late);
  const ignore = () => {};
  function settle(result: Buffer | Problem): void {
    clearTimeout(late);
    incoming.off('data', onData).off('end', onEnd).off('close', onClose);
    onResult(result);
  }
  incoming.on('data', onData).on('end', onEnd).on('close', onClose).on('error', ignore);
}

/** The same request with a body that has been read. */
function withBody(incoming: IncomingMessage, body: Buffer): IncomingMessage {
  const whole = new IncomingMessage(incoming.socket);
  const { method, url, headers, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor } = incoming;
  Object.assign(whole, { method, url, rawHeaders, httpVersion, httpVersionMajor, httpVersionMinor });
  whole.headers = { ...headers, 'content-length': String(body.length) };
  delete whole.headers['transfer-encoding'];
  whole.complete = true;
  // By default, destroying an unread request closes its connection.
  whole._destroy = (error, done) => done(error);
  whole.push(body);
  whole.push(null);
  return whole;
}

function refuse(incoming: IncomingMessage, answer: ServerResponse, problem: Problem): void {
  const { status, headers, body } = problemAnswer(problem);
  for (const [name, value] of Object.entries(headers)) answer.setHeader(name, value);
  answer.setHeader('Content-Length', Buffer.byteLength(body));
  // The end of the request is unknown: a client with `Expect` may send its body or not, a late body may never end, and an
  // unknown transfer encoding does not show where it ends.
  const isUnframed = incoming.headers['transfer-encoding'] !== undefined && unreadableBody(incoming) !== null;
  if (incoming.headers.expect !== undefined || problem.code === 'request-timeout' || isUnframed) {
    answer.setHeader('Connection', 'close');
  }
  answer.writeHead(status).end(body);
  discard(incoming);
}

/** Reads the rest of the body so that the client reads the response; closes the connection where it does not end. */
function discard(incoming: IncomingMessage): void {
  if (incoming.complete || !hasBody(incoming)) return;
  let size = 0;
  const cut = () => incoming.socket.destroy();
  const late = setTimeout(cut, discardMs);
  const stop = () => clearTimeout(late);
  incoming.on('data', (part: Buffer) => {
    size += part.length;
    if (size > discardedBytesMax) cut();
  });
  incoming.once('end', stop).once('close', stop).on('error', stop);
  incoming.resume();
}

const codes: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'too-large',
  HPE_INVALID_VERSION: 'wrong-version',
  HPE_PAUSED_H2_UPGRADE: 'wrong-version',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
};

/** The problem for a client whose request Node.js could not read; `null` where the connection itself is broken. */
function problemOf({ code = '', reason, rawPacket }: BrokenRequest): Problem | null {
  const detail = reason ?? 'The request is no HTTP that is understood here';
  if (code === 'HPE_INVALID_METHOD' && /^[A-Z-]{3,40} /.test(rawPacket?.toString('latin1', 0, 64) ?? '')) {
    return { code: 'not-implemented', detail };
  }
  if (code === 'HPE_HEADER_OVERFLOW' && rawPacket && !rawPacket.includes('\n')) {
    return { code: 'uri-too-long', detail: 'The address is too long' };
  }
  if (code === 'HPE_INVALID_VERSION' && reason !== 'Invalid HTTP version')
    return { code: 'bad-request', detail };
  const known = codes[code];
  if (known === 'request-timeout') return { code: known, detail: 'The request was not here in time' };
  if (known) return { code: known, detail };
  return code.startsWith('HPE_') ? { code: 'bad-request', detail } : null;
}

/** Writes an answer to a connection that has none of Node's own, and ends it. */
function endWith(socket: Duplex, problem: Problem): void {
  const { status, headers, body } = problemAnswer(problem);
  const all = {
    ...securityHeaders,
    'Content-Security-Policy': apiPolicy,
    ...headers,
    Date: new Date().toUTCString(),
    Connection: 'close',
    'Content-Length': Buffer.byteLength(body),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable)
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
  // The rest of the request is read and discarded, or the client would not receive the answer.
  socket.on('error', () => socket.destroy());
  socket.resume();
  setTimeout(() => socket.destroy(), discardMs).unref();
}
