import { request as httpRequest } from 'node:http';
import type { RunningServer } from './server';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Sent as given: any bytes, any path, any header. What is cut or breaks, before or in the answer, rejects. */
export function post(
  { port }: Pick<RunningServer, 'port'>,
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
  cutAfterMs: number | null = null,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', path, method: 'POST', headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    if (cutAfterMs !== null) setTimeout(() => request.destroy(), cutAfterMs);
    request.on('error', reject).end(body);
  });
}
