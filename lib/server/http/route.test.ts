import { afterEach, expect, test, vi } from 'vitest';
import { ok, refuse } from '@/lib/protocol/result';
import { route } from './route';

const context = vi.hoisted(() => ({ peerOf: () => '192.0.2.1' }));
vi.mock('@/lib/server/running', () => ({ running: () => context }));
afterEach(() => vi.clearAllMocks());

const request = (method: string) => new Request('http://127.0.0.1/api/x?limit=2', { method });
const segment = (params: object) => ({ params: Promise.resolve(params) }) as never;

test('a handler gets the variable part, the query and the client, and its result is answered as JSON', async () => {
  const { GET } = route({
    GET: ({ id, query, client }) => ok({ id, limit: query.get('limit'), address: client.address }),
  });
  const answer = await GET(request('GET'), segment({ alertId: 'a1' }));
  expect(await answer.json()).toEqual({ id: 'a1', limit: '2', address: '192.0.2.1' });
  expect(answer.headers.get('cache-control')).toBe('private, no-cache');
  // Next.js gives an address without a variable part no params at all.
  expect(await (await GET(request('GET'), { params: undefined } as never)).json()).toMatchObject({ id: '' });
});

test('a problem, nothing and a response of its own are answered as they are', async () => {
  const { DELETE, GET, POST } = route({
    GET: () => refuse({ code: 'not-found', detail: 'There is no x' }),
    DELETE: () => ok(null),
    POST: () => new Response('made', { status: 201 }),
  });
  expect((await GET(request('GET'), segment({}))).status).toBe(404);
  expect((await DELETE(request('DELETE'), segment({}))).status).toBe(204);
  expect((await POST(request('POST'), segment({}))).headers.get('cache-control')).toBeNull();
});

test.each([
  [{ GET: () => ok(1) }, 'GET, HEAD, OPTIONS'],
  [{ POST: () => ok(1) }, 'OPTIONS, POST'],
  [{ GET: () => ok(1), PUT: () => ok(1), DELETE: () => ok(1) }, 'DELETE, GET, HEAD, OPTIONS, PUT'],
  [{ GET: () => ok(1), HEAD: () => ok(1) }, 'GET, HEAD, OPTIONS'],
])(
  'methods that a route does not have are refused, with the list of those that it has',
  async (handlers, allow) => {
    const { OPTIONS, PATCH } = route(handlers);
    const [options, refused] = [
      await OPTIONS(request('OPTIONS'), segment({})),
      await PATCH(request('PATCH'), segment({})),
    ];
    expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, allow]);
    expect(await refused.json()).toMatchObject({ detail: `PATCH is none of ${allow}` });
  },
);
