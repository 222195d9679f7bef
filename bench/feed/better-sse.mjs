import { createServer } from 'node:http';
import { createChannel, createSession } from 'better-sse';
import { eventOf, everySecond, listenAndSay } from './ticks.mjs';

/** A channel as its guide has it. The payload is text already, so that JSON.stringify is not paid per client. */
const channel = createChannel();

everySecond((tick) => {
  const { id, event, data } = eventOf(tick);
  channel.broadcast(data, event, { eventId: id });
});

listenAndSay(
  createServer(async (incoming, answer) => {
    channel.register(await createSession(incoming, answer, { serializer: String }));
  }),
);
