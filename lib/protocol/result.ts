import type { z } from 'zod';
import type { Problem, ProblemError } from './problem';

/** What a call that can be refused returns. */
export type Result<T> = { readonly ok: true; readonly value: T } | Refused;

export interface Refused {
  readonly ok: false;
  readonly problem: Problem;
}

/** Longer details of a body are cut; `errors` has all of them. */
const bodyDetailMax = 2_000;

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse(problem: Problem): Refused {
  return { ok: false, problem };
}

/** Refuses a query; the path of each error is the name of a parameter. */
export function badQuery(errors: readonly ProblemError[], separator: ' ' | ': ' = ' '): Refused {
  const detail = errors.map(({ path, message }) => `${path}${separator}${message}`).join('; ');
  return refuse({ code: 'bad-query', detail, errors });
}

/** Refuses a body; an empty path means the body as a whole. */
export function badBody(errors: readonly ProblemError[]): Refused {
  const detail = errors
    .map(({ path, message }) => `${path === '' ? 'the body' : path}: ${message}`)
    .join('; ');
  return refuse({ code: 'bad-body', detail: detail.slice(0, bodyDetailMax), errors });
}

/** What a schema found wrong, with the path of each field below `prefix`. */
export function fieldErrors({ issues }: z.ZodError, prefix: readonly string[] = []): ProblemError[] {
  return issues.map(({ path, message }) => ({ path: [...prefix, ...path].join('.'), message }));
}

/** A query by its schema; errors name the parameter and not the place within its value. */
export function parseQuery<T>(
  schema: z.ZodType<T>,
  query: Readonly<Record<string, unknown>>,
  separator?: ' ' | ': ',
): Result<T> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return ok(parsed.data);
  const errors = fieldErrors(parsed.error).map(({ path, message }) => ({
    path: path === '' ? 'query' : (path.split('.', 1)[0] ?? ''),
    message,
  }));
  return badQuery(errors, separator);
}

/** A JSON body by its schema. */
export function parseBody<T>(schema: z.ZodType<T>, json: unknown): Result<T> {
  const parsed = schema.safeParse(json);
  return parsed.success ? ok(parsed.data) : badBody(fieldErrors(parsed.error));
}
