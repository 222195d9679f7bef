import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerOf, type Problem } from '@/lib/protocol/problem';
import type { Runtime } from '@/lib/server/runtime';
import { feedHeaders } from '@/lib/server/streaming/feed';
import { sendRecent } from '@/lib/server/streaming/recent-sink';
import { sendCursor } from '@/lib/server/streaming/response-sink';
import { uncached } from './cache-control';
import { forwardedHeader, peerHeader } from './guard';
import { openStream, tryStream } from './handlers/feed';
import { pastHeaders, pastRequest } from './handlers/recent';

const feedPath = '/api/events';
const pastPath = '/api/events/recent';

const isOf = (path: string, url: string) => url === path || url.startsWith(`${path}?`);

const headerOf = (request: IncomingMessage, name: string) => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};

/**
 * Answers a request for the feed, or for what it begins with, that the guard has let pass, at a fifth of what the route
 * handler's web stream costs; the handlers remain the definition. Returns false for any other request, which is then nobody's yet.
 */
export function serveFeed(runtime: Runtime, incoming: IncomingMessage, response: ServerResponse): boolean {
  const { method, url = '' } = incoming;
  if (method !== 'GET' && method !== 'HEAD') return false;
  const isPast = isOf(pastPath, url);
  if (!isPast && !isOf(feedPath, url)) return false;
  if (isPast && method === 'HEAD') return false;

  const request = {
    query: new URLSearchParams(url.slice((isPast ? pastPath : feedPath).length + 1)),
    lastEventId: headerOf(incoming, 'last-event-id'),
    peer: headerOf(incoming, peerHeader),
    isForwarded: headerOf(incoming, forwardedHeader) === '1',
  };
  if (isPast) {
    const opened = openStream(runtime, pastRequest(request));
    const encodings = headerOf(incoming, 'accept-encoding') ?? '';
    if (!opened.ok) refuse(response, opened.problem);
    else if (opened.value) sendRecent(opened.value, response, encodings, pastHeaders);
    return true;
  }
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
