import { ok, type Result, refuse } from '@/lib/protocol/result';

/** Of every request; longer ones are refused while they are read. */
export const bodyBytesMax = 64 * 1024;

/** The body as text, or the refusal when it is too large, however it is sent. */
export async function readText({ body }: Request): Promise<Result<string>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.length;
    if (size > bodyBytesMax) {
      return refuse({ code: 'too-large', detail: `A request takes at most ${bodyBytesMax} bytes` });
    }
    parts.push(part);
  }
  return ok(Buffer.concat(parts).toString('utf8'));
}

/** The body as JSON. */
export async function readJson(request: Request): Promise<Result<unknown>> {
  const body = await readText(request);
  if (!body.ok) return body;
  try {
    return ok(JSON.parse(body.value));
  } catch (error) {
    const message = `is not JSON: ${error instanceof Error ? error.message : error}`;
    const detail = `the body ${message}`;
    return refuse({ code: 'bad-body', detail, errors: [{ path: '', message }] });
  }
}
