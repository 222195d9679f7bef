import { createServer } from 'node:http';
import { eventOf, everySecond, frameOf, headers, listenAndSay, opening } from './ticks.mjs';

/**
 * The least that Node.js can do: one buffer for all clients. With `framed` as its argument the HTTP chunk is made
 * once too, and goes past `ServerResponse` to the socket.
 */
const framed = process.argv[2] === 'framed';
const answers = new Set();

everySecond((tick) => {
  const frame = frameOf(eventOf(tick));
  if (framed) {
    const chunk = Buffer.from(`${frame.length.toString(16)}\r\n${frame}\r\n`);
    for (const answer of answers) answer.socket.write(chunk);
  } else {
    const buffer = Buffer.from(frame);
    for (const answer of answers) answer.write(buffer);
  }
});

listenAndSay(
  createServer((_, answer) => {
    answer.writeHead(200, headers);
    answer.write(opening);
    answers.add(answer);
    answer.once('close', () => answers.delete(answer));
  }),
);
