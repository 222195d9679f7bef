import { eventOf, everySecond, frameOf, headers, opening } from './ticks.mjs';

/** A feed as guides to Next.js have it: each client a web stream, and every event enqueued to each. */
export const dynamic = 'force-dynamic';

const encoder = new TextEncoder();
const clients = new Set();
let isTicking = false;

function tickOnce() {
  // Not as the module loads: a build loads it too, and would never end.
  if (isTicking) return;
  isTicking = true;
  everySecond((tick) => {
    const bytes = encoder.encode(frameOf(eventOf(tick)));
    for (const client of clients) client.enqueue(bytes);
  });
}

export function GET() {
  tickOnce();
  let client;
  const body = new ReadableStream({
    start(controller) {
      client = controller;
      controller.enqueue(encoder.encode(opening));
      clients.add(controller);
    },
    cancel() {
      clients.delete(client);
    },
  });
  return new Response(body, { headers });
}
