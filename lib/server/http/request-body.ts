import type { Problem } from '@/lib/protocol/problem';

interface Refused {
  readonly ok: false;
  readonly problem: Problem;
}

/** Of every request; longer ones are refused while they are read. */
export const maxBodyBytes = 64 * 1024;

/** The body as text, or the refusal when it is too large, however it is sent. */
export async function readText({
  body,
}: Request): Promise<{ readonly ok: true; readonly text: string } | Refused> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > maxBodyBytes) {
      const detail = `A request takes at most ${maxBodyBytes} bytes`;
      return { ok: false, problem: { code: 'too-large', detail } };
    }
    parts.push(part);
  }
  return { ok: true, text: Buffer.concat(parts).toString('utf8') };
}

/** The body as JSON. */
export async function readJson(
  request: Request,
): Promise<{ readonly ok: true; readonly json: unknown } | Refused> {
  const body = await readText(request);
  if (!body.ok) return body;
  try {
    return { ok: true, json: JSON.parse(body.text) };
  } catch (error) {
    const message = `is not JSON: ${error instanceof Error ? error.message : error}`;
    const detail = `the body ${message}`;
    return { ok: false, problem: { code: 'bad-body', detail, errors: [{ path: '', message }] } };
  }
}
