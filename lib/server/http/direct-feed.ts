import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Problem } from '@/lib/protocol/problem';
import { feedHeaders } from '@/lib/server/streaming/feed';
import { sendRecent } from '@/lib/server/streaming/recent-sink';
import { sendCursor } from '@/lib/server/streaming/response-sink';
import { openStream, recentHeaders, recentRequest, type StreamParts, tryStream } from './handlers/feed';
import { forwardedHeader, peerHeader } from './peer';
import { noCache, problemAnswer } from './respond';

const feedPath = '/api/events';
const recentPath = '/api/events/recent';

const isOf = (path: string, url: string) => url === path || url.startsWith(`${path}?`);

const headerOf = (request: IncomingMessage, name: string) => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : null;
};

/**
 * Answers a request for the feed, or for what it begins with, that the guard has let pass, at a fifth of what the route
 * handler's web stream costs; the handlers remain the definition. Returns false for any other request, which nothing has answered then.
 */
export function serveFeed(parts: StreamParts, incoming: IncomingMessage, response: ServerResponse): boolean {
  const { method, url = '' } = incoming;
  if (method !== 'GET' && method !== 'HEAD') return false;
  const isRecent = isOf(recentPath, url);
  if (!isRecent && !isOf(feedPath, url)) return false;
  if (isRecent && method === 'HEAD') return false;

  const request = {
    query: new URLSearchParams(url.slice((isRecent ? recentPath : feedPath).length + 1)),
    lastEventId: headerOf(incoming, 'last-event-id'),
    peer: headerOf(incoming, peerHeader),
    isForwarded: headerOf(incoming, forwardedHeader) === '1',
  };
  if (isRecent) {
    const opened = openStream(parts, recentRequest(request));
    const encodings = headerOf(incoming, 'accept-encoding') ?? '';
    if (!opened.ok) refuse(response, opened.problem);
    else if (opened.value) sendRecent(opened.value, response, encodings, recentHeaders);
    return true;
  }
  if (method === 'HEAD') {
    const { problem, isOver } = tryStream(parts, request);
    if (problem) refuse(response, problem);
    else if (isOver) response.writeHead(204, noCache).end();
    else response.writeHead(200, feedHeaders).end();
    return true;
  }
  const opened = openStream(parts, request);
  if (opened.ok && opened.value) sendCursor(opened.value, response);
  else if (opened.ok) response.writeHead(204, noCache).end();
  else refuse(response, opened.problem);
  return true;
}

function refuse(response: ServerResponse, problem: Problem): void {
  const answer = problemAnswer(problem);
  response.writeHead(answer.status, answer.headers).end(answer.body);
}
