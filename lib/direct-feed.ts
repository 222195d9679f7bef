import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkRequest, crossOriginHeaders } from './auth/request-check';
import { securityHeaders } from './auth/security-headers';
import { answerOf, type Problem } from './events/problem';
import { openStream, tryStream } from './open-stream';
import type { Runtime } from './runtime';
import { feedHeaders } from './sse/feed';
import { sendCursor } from './sse/response-sink';
import { uncached } from './uncached';

/** The header by which the server names the other end of the connection to the routes. */
export const peerHeader = 'x-hostbeat-peer';

const feedPath = '/api/events';

const headerOf = (request: IncomingMessage, name: string) => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};

/**
 * Answers a request for the feed itself, at a fifth of what the route handler's web stream costs; the handler
 * remains the definition. Returns false for any other request, which is then nobody's yet.
 */
export function serveFeed(runtime: Runtime, incoming: IncomingMessage, response: ServerResponse): boolean {
  const { method, url = '' } = incoming;
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (url !== feedPath && !url.startsWith(`${feedPath}?`)) return false;

  const origin = headerOf(incoming, 'origin');
  const headers = { ...securityHeaders, ...crossOriginHeaders(origin, runtime.config.allowedOrigins) };
  const refused = checkRequest({ host: headerOf(incoming, 'host'), origin }, runtime.config);
  if (refused) {
    refuse(response, refused, securityHeaders);
    return true;
  }

  const request = {
    query: new URLSearchParams(url.slice(feedPath.length + 1)),
    lastEventId: headerOf(incoming, 'last-event-id'),
    peer: headerOf(incoming, peerHeader),
  };
  if (method === 'HEAD') {
    const { problem, isOver } = tryStream(runtime, request);
    if (problem) refuse(response, problem, headers);
    else if (isOver) response.writeHead(204, { ...headers, ...uncached }).end();
    else response.writeHead(200, { ...headers, ...feedHeaders }).end();
    return true;
  }
  const opened = openStream(runtime, request);
  if (opened.ok && opened.value) sendCursor(opened.value, response, headers);
  else if (opened.ok) response.writeHead(204, { ...headers, ...uncached }).end();
  else refuse(response, opened.problem, headers);
  return true;
}

function refuse(response: ServerResponse, problem: Problem, headers: Readonly<Record<string, string>>): void {
  const answer = answerOf(problem);
  response.writeHead(answer.status, { ...headers, ...answer.headers }).end(answer.body);
}
