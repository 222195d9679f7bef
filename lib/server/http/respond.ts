import type { z } from 'zod';
import { type Problem, type problemSchema, problems } from '@/lib/protocol/problem';
import { ok, type Result } from '@/lib/protocol/result';

/** For answers that change. Not `no-store`: a browser would drop the whole page from its back/forward cache. */
export const noCache = { 'Cache-Control': 'private, no-cache' };

export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A problem as an HTTP answer (RFC 9457), for any server that can send a status, headers and a body. */
export function problemAnswer(problem: Problem): ProblemAnswer {
  const { status, title } = problems[problem.code];
  const { detail, errors } = problem;
  const body: z.infer<typeof problemSchema> = {
    type: `/problems/${problem.code}`,
    title,
    status,
    detail,
    ...(errors ? { errors: [...errors] } : {}),
  };
  return {
    status,
    headers: {
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Cache-Control': 'no-store',
      ...(problem.allow ? { Allow: problem.allow } : {}),
      ...(problem.retryAfterSeconds ? { 'Retry-After': String(problem.retryAfterSeconds) } : {}),
    },
    body: JSON.stringify(body),
  };
}

export function problemResponse(problem: Problem): Response {
  const { status, headers, body } = problemAnswer(problem);
  return new Response(body, { status, headers });
}

/** A result as JSON; 204 for `null`; a response as it is, uncached; the problem where there is one. */
export function respond(result: Result<unknown>, status = 200): Response {
  if (!result.ok) return problemResponse(result.problem);
  const { value } = result;
  if (value === null) return new Response(null, { status: 204, headers: noCache });
  if (!(value instanceof Response)) return Response.json(value, { status, headers: noCache });
  value.headers.set('Cache-Control', noCache['Cache-Control']);
  return value;
}

/** A list as `{[name]: […]}`. */
export function respondList(result: Result<readonly unknown[]>, name = 'items'): Response {
  return respond(result.ok ? ok({ [name]: result.value }) : result);
}
