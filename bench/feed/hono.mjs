import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { eventOf, everySecond, opening, sayPort } from './ticks.mjs';

const streams = new Set();

everySecond((tick) => {
  const event = eventOf(tick);
  for (const stream of streams) void stream.writeSSE(event);
});

const app = new Hono();
app.get('/', (context) =>
  streamSSE(context, async (stream) => {
    const gone = new Promise((resolve) => stream.onAbort(resolve));
    await stream.write(opening);
    streams.add(stream);
    await gone;
    streams.delete(stream);
  }),
);

serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => sayPort(port));
