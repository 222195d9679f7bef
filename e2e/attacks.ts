import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from './server';

/** What one client does within the documented limits, to a server that others use as well. */
export interface Attack {
  readonly name: string;
  /** What is done before anything is measured. */
  readonly prepare?: (client: Client) => Promise<void>;
  readonly run: (client: Client) => Promise<void>;
}

export interface Client {
  readonly port: number;
  /** The status; 0 when the connection broke. The answer is read to its end and let go. */
  send(method: string, path: string, body?: unknown): Promise<number>;
  /** The same request so many times at once. */
  at(once: number, method: string, path: (index: number) => string, body?: unknown): Promise<number[]>;
}

const answersWithinMs = 60_000;

export function openClient({ port }: Pick<RunningServer, 'port'>): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const send = (method: string, path: string, body?: unknown) =>
    new Promise<number>((resolve) => {
      const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
      const headers = text === null ? {} : { 'Content-Type': 'application/json' };
      const asked = request({ port, host: '127.0.0.1', method, path, agent, headers }, (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0)).once('error', () => resolve(0));
      });
      asked.setTimeout(answersWithinMs, () => asked.destroy());
      asked.once('error', () => resolve(0)).end(text ?? undefined);
    });
  return {
    port,
    send,
    at: (once, method, path, body) =>
      Promise.all(Array.from({ length: once }, (_, index) => send(method, path(index), body))),
  };
}

const each = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, i) => make(i));

/** So many sensors in as few requests as they fit into. */
async function publishSensors({ send }: Client, count: number, value: number, prefix = 's'): Promise<void> {
  const perRequest = 500;
  for (let first = 0; first < count; first += perRequest) {
    const sensors = each(Math.min(perRequest, count - first), (index) => ({
      id: `${prefix}${first + index}`,
      kind: 'temperature',
      unit: '°C',
      value,
      critical: 90,
    }));
    await send('POST', '/api/events', { type: 'sensor-data', data: { sensors } });
  }
}

const publishMessages = async ({ send }: Client, requests: number, text: string) => {
  for (let index = 0; index < requests; index += 1) {
    await send(
      'POST',
      '/api/events',
      each(100, (n) => ({ type: 'message', data: { text: `${text} ${index} ${n}` } })),
    );
  }
};

/** Streams that are opened at once and read, for a time. */
async function stream(
  { port }: Client,
  paths: readonly string[],
  forMs: number,
  isRead = true,
): Promise<void> {
  const sockets = paths.map((path) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    if (isRead) socket.resume();
    else socket.pause();
    return socket;
  });
  await delay(forMs);
  for (const socket of sockets) socket.destroy();
}

const rule = (index: number, metric: string, threshold = 50) => ({
  id: `attack-${index}`,
  name: `Attack ${index}`,
  metric,
  comparison: 'above',
  threshold,
  forSeconds: 0,
  severity: 'critical',
});

/** Event types of our own, so that filters can differ. */
const types = ['cpu', 'memory', 'load', 'disk', 'network', 'filesystem', 'pressure', 'processes', 'message'];
const filterOf = (index: number) => types.filter((_, bit) => ((index % 511) + 1) & (1 << bit)).join(',');

const metrics = 'metric=cpu.totalPercent&metric=memory.usedPercent';

/** Everything in which one client has stopped a server of this kind for the others, and its neighbours. */
export const attacks: readonly Attack[] = [
  {
    name: 'a sensor value of 65,000 digits',
    async run({ send }) {
      for (let index = 0; index < 5; index += 1) {
        await send('POST', '/api/sensors/digits', '1'.repeat(65_000));
        await send('POST', '/api/sensors/digits', `value=${'1'.repeat(64_000)}x`);
        await send('POST', '/api/sensors/digits', `${' '.repeat(32_000)}1${' '.repeat(32_000)}x`);
      }
    },
  },
  {
    name: 'recurring silences over alerts that fire',
    async prepare(client) {
      await client.send('POST', '/api/alerts/rules', rule(0, 'sensor.s*.temperature'));
      await publishSensors(client, 40, 80);
      for (let index = 0; index < 100; index += 1) {
        await client.send('POST', '/api/alerts/silences', {
          id: `quiet-${index}`,
          matcher: { severity: 'critical' },
          cron: `${index % 60} ${index % 24} 29 2 *`,
          durationSeconds: 60,
        });
      }
    },
    async run({ at }) {
      await at(20, 'GET', () => '/api/alerts');
      await at(20, 'GET', () => '/api/alerts/silences');
    },
  },
  {
    name: 'thousands of hot sensors, and pages that show alerts',
    async prepare(client) {
      await client.send('POST', '/api/alerts/rules', rule(0, 'sensor.*.temperature'));
    },
    async run(client) {
      await publishSensors(client, 5_000, 95);
      for (let round = 0; round < 3; round += 1) {
        await client.at(5, 'GET', () => '/');
        await client.at(10, 'GET', () => '/api/alerts');
      }
      await publishSensors(client, 5_000, 20);
    },
  },
  {
    name: 'hundreds of rules over many sensors',
    async run(client) {
      for (let index = 0; index < 400; index += 1) {
        await client.send('POST', '/api/alerts/rules', rule(index, 'sensor.*', 1_000));
      }
      await publishSensors(client, 20_000, 20);
      await publishSensors(client, 20_000, 21);
    },
  },
  {
    name: 'streams that begin an hour back, each with a filter of its own',
    prepare: (client) => publishMessages(client, 200, 'past'),
    async run(client) {
      const paths = each(200, (index) => `/api/events?types=${filterOf(index)}&window=3600`);
      await stream(client, paths, 5_000);
      await client.at(100, 'GET', (index) => `/api/events/recent?types=${filterOf(index)}&window=3600`);
    },
  },
  {
    name: 'a hundred questions about history at once',
    async run({ at }) {
      const kinds = [
        `/api/history?from=-30d&points=5000&${metrics}`,
        `/api/history.csv?from=-30d&points=5000&${metrics}`,
        '/api/history/export.html?from=-24h&to=-1s',
        '/api/history/gaps?from=-3000d',
      ];
      await at(100, 'GET', (index) => kinds[index % kinds.length] ?? '');
    },
  },
  {
    name: 'previews of rules by clients that leave',
    prepare: (client) => publishSensors(client, 2_000, 20),
    async run({ port, send }) {
      const to = Date.now();
      const body = JSON.stringify({ rule: rule(0, '*.*'), from: to - 30 * 86_400_000, to });
      const head = `POST /api/alerts/rules/preview HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
      const sockets = each(50, () => connect(port, '127.0.0.1').on('error', () => {}));
      for (const socket of sockets) socket.write(head);
      await delay(500);
      for (const socket of sockets) socket.destroy();
      await send('POST', '/api/alerts/rules/preview', body);
    },
  },
  {
    name: 'names without end',
    async run({ send }) {
      for (let round = 0; round < 10; round += 1) {
        const sensors = each(500, (index) => ({ id: `name-${round}-${index}`, value: 1 }));
        await send('POST', '/api/events', { type: 'sensor-data', data: { sensors } });
        await send(
          'POST',
          '/api/events',
          each(100, (index) => ({ type: `type-${round}-${index}`, data: {} })),
        );
      }
    },
  },
  {
    name: 'a flood of published events',
    run: (client) => publishMessages(client, 600, 'x'.repeat(500)),
  },
  {
    name: 'streams that are never read',
    async run(client) {
      await stream(
        client,
        each(190, () => '/api/events?window=3600'),
        5_000,
        false,
      );
    },
  },
  {
    name: 'replays of the past',
    prepare: (client) => publishMessages(client, 100, 'past'),
    async run(client) {
      await stream(
        client,
        each(190, (index) => `/api/events?from=-${index + 1}h&speed=60`),
        5_000,
      );
    },
  },
  {
    name: 'searches of the log for what is not there',
    prepare: (client) => publishMessages(client, 300, 'hay '.repeat(100)),
    async run({ at }) {
      await at(60, 'GET', (index) => `/api/events/log?text=needle${index}&limit=500`);
    },
  },
  {
    name: 'searches of the log that find large events',
    async prepare({ send }) {
      const text = 'large '.repeat(10_000);
      for (let index = 0; index < 200; index += 1) {
        await send('POST', '/api/events', { type: 'large-one', data: { text } });
      }
    },
    async run({ at }) {
      await at(60, 'GET', () => '/api/events/log?text=large&limit=500');
      await at(20, 'GET', () => '/events?text=large');
    },
  },
  {
    name: 'questions, each with a connection of its own',
    prepare: (client) => publishMessages(client, 100, 'hay '.repeat(100)),
    async run(client) {
      const paths = [
        '/api/events/log?text=needle&limit=500',
        `/api/history?from=-30d&points=5000&${metrics}`,
        '/api/events/recent?window=3600',
        '/api/alerts',
        '/api/health',
        '/',
      ];
      await stream(
        client,
        each(400, (index) => paths[index % paths.length] ?? '/'),
        5_000,
      );
    },
  },
  {
    name: 'pages, many at once',
    async run({ at }) {
      const pages = [
        '/',
        '/events',
        '/alerts',
        '/alerts/rules',
        '/stream',
        '/notifications',
        '/embed/cpu',
        '/nothing',
      ];
      await at(40, 'GET', (index) => pages[index % pages.length] ?? '/');
    },
  },
  {
    name: 'bodies that come slowly, or never',
    async run({ port }) {
      const sockets = each(100, () => connect(port, '127.0.0.1').on('error', () => {}));
      for (const [index, socket] of sockets.entries()) {
        const length = index % 2 === 0 ? 'Content-Length: 60000' : 'Transfer-Encoding: chunked';
        socket.write(`POST /api/events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${length}\r\n\r\n`);
      }
      await delay(3_000);
      for (const socket of sockets) socket.destroy();
    },
  },
];
