import type { BrowserContext, Frame, Locator, Page } from '@playwright/test';
import type { RunningServer } from './server';
import { expect } from './test';

export const transports = ['worker', 'direct'] as const;
export type Transport = (typeof transports)[number];

/** What a page was handed, before it has looked at it. */
interface Handed {
  readonly via: Transport;
  readonly type: string;
  readonly id: string;
  readonly t: number;
}

/** Writes down, in every page and frame, what comes from the shared worker and from event sources of its own. */
export async function writeDown(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const handed: Handed[] = [];
    const states: string[] = [];
    const take = (via: Transport, type: string, data: string, id: string) =>
      handed.push({ via, type, id, t: (JSON.parse(data) as { t?: number }).t ?? 0 });
    Object.assign(globalThis, { handed, states });
    // What a page said of its connection, however shortly.
    new MutationObserver(() => {
      const state = document.querySelector('[data-state]')?.getAttribute('data-state');
      if (state && state !== states.at(-1)) states.push(state);
    }).observe(document, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ['data-state'],
    });
    const Shared = globalThis.SharedWorker;
    if (Shared) {
      globalThis.SharedWorker = class extends Shared {
        constructor(url: string | URL, options?: string | WorkerOptions) {
          super(url, options);
          this.port.addEventListener('message', ({ data }: MessageEvent) => {
            for (const [type, text, id] of data.frames ?? []) take('worker', type, text, id);
          });
        }
      };
    }
    const Source = globalThis.EventSource;
    globalThis.EventSource = class extends Source {
      override addEventListener(type: string, listener: unknown) {
        super.addEventListener(type, (event: MessageEvent) => {
          if (this.readyState !== Source.CLOSED) take('direct', type, event.data, event.lastEventId);
        });
        super.addEventListener(type, listener as EventListener);
      }
    } as typeof EventSource;
  });
}

/**
 * By the transport that it has now. A page whose worker is slow to start has a connection of its own first; what both
 * bring it drops itself, which the tests of its position hold.
 */
export const handedTo = (page: Page | Frame): Promise<Handed[]> =>
  page.evaluate(() => {
    const { handed } = globalThis as unknown as { handed: Handed[] };
    return handed.filter(({ via }) => via === handed.at(-1)?.via);
  });

export const statesOf = (page: Page | Frame): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { states: string[] }).states);

export const sign = (page: Page | Frame): Locator => page.getByRole('status', { name: 'Connection' });

export async function expectLive(page: Page | Frame, transport: Transport): Promise<void> {
  await expect(sign(page)).toHaveAttribute('data-transport', transport);
  await expect(sign(page)).toHaveAttribute('data-state', 'live');
}

export const at = (url: string, transport: Transport): string =>
  transport === 'direct' ? `${url}?transport=direct` : url;

export async function streamsOf(server: RunningServer): Promise<number> {
  const health = (await (await fetch(`${server.url}/api/health`)).json()) as { streams: number };
  return health.streams;
}

/** A page has had samples of this type without a break, and is having them still. */
export async function expectNext(page: Page | Frame, type: string): Promise<void> {
  const count = async () => (await handedTo(page)).filter((one) => one.type === type).length;
  const before = await count();
  await expect.poll(count).toBeGreaterThan(before + 1);
}

/** Every id of these types that the log has between the first and the last that the page was handed, once each. */
export async function expectWhole(page: Page | Frame, server: RunningServer, types: readonly string[]) {
  for (const type of types) {
    const ids = (await handedTo(page)).filter((one) => one.type === type).map(({ id }) => seqOf(id));
    const [first = 0] = ids;
    const last = ids.at(-1) ?? 0;
    const logged = (await loggedIds(server, type)).filter((seq) => seq >= first && seq <= last);
    expect(ids, `${type} as it is in the log`).toEqual(logged);
    expect(ids.length, type).toBeGreaterThan(2);
  }
}

const seqOf = (id: string) => Number(id.split('-')[1]);

/** The ids of one type in the log, asked of the server itself in an answer that has an end. */
async function loggedIds(server: RunningServer, type: string): Promise<number[]> {
  const answer = await fetch(`${server.url}/api/events/recent?types=${type}&window=3600`);
  const events = (await answer.text()).split('\n\n').filter((text) => !/^event: heartbeat$/m.test(text));
  return events.flatMap((text) => /^id: (\S+)$/m.exec(text)?.[1] ?? []).map(seqOf);
}

/**
 * How many lines the log's samples make: what is further apart than two and a half intervals is not joined. A page that
 * misses nothing draws as many, however busy the machine was.
 */
export async function runsOf({ url }: RunningServer, intervalMs: number): Promise<number> {
  const text = await (await fetch(`${url}/api/events/recent?types=cpu`)).text();
  const times = [...text.matchAll(/^data: \{"t":(\d+),"host"/gm)].map(([, t]) => Number(t));
  return times.filter((t, index) => index === 0 || t - (times[index - 1] ?? 0) > 2.5 * intervalMs).length;
}
