import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerOf, type Problem } from './events/problem';
import { forwardedHeader, peerHeader } from './http-guard';
import { openStream, tryStream } from './open-stream';
import type { Runtime } from './runtime';
import { feedHeaders } from './sse/feed';
import { sendCursor } from './sse/response-sink';
import { uncached } from './uncached';

const feedPath = '/api/events';

const headerOf = (request: IncomingMessage, name: string) => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};

/**
 * Answers a request for the feed that the guard has let pass, at a fifth of what the route handler's web stream costs;
 * the handler remains the definition. Returns false for any other request, which is then nobody's yet.
 */
export function serveFeed(runtime: Runtime, incoming: IncomingMessage, response: ServerResponse): boolean {
  const { method, url = '' } = incoming;
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (url !== feedPath && !url.startsWith(`${feedPath}?`)) return false;

  const request = {
    query: new URLSearchParams(url.slice(feedPath.length + 1)),
    lastEventId: headerOf(incoming, 'last-event-id'),
    peer: headerOf(incoming, peerHeader),
    isForwarded: headerOf(incoming, forwardedHeader) === '1',
  };
  if (method === 'HEAD') {
    const { problem, isOver } = tryStream(runtime, request);
    if (problem) refuse(response, problem);
    else if (isOver) response.writeHead(204, uncached).end();
    else response.writeHead(200, feedHeaders).end();
    return true;
  }
  const opened = openStream(runtime, request);
  if (opened.ok && opened.value) sendCursor(opened.value, response);
  else if (opened.ok) response.writeHead(204, uncached).end();
  else refuse(response, opened.problem);
  return true;
}

function refuse(response: ServerResponse, problem: Problem): void {
  const answer = answerOf(problem);
  response.writeHead(answer.status, answer.headers).end(answer.body);
}
