import { randomBytes } from 'node:crypto';
import { version } from '../package.json';
import { type Config, parseConfig } from './config';
import type { NewEvent } from './events/event-log';
import { loggedSchemas } from './events/event-schemas';
import { isLoggedType, type LoggedPayloads } from './events/event-types';
import type { HostFacts } from './events/payloads';
import { type Health, healthOf } from './health';
import { openHost } from './host/open-host';
import type { InitialState } from './live/store';
import { openPipeline, type Pipeline } from './pipeline';
import { type Admission, openAdmission } from './sse/admission';

/** Facts may take a process or two to find; a start does not wait longer than this for them. */
const factsWaitMs = 700;

/** All that lives as long as the process. */
export interface Runtime extends Pipeline {
  readonly config: Config;
  readonly version: string;
  readonly hostName: string;
  readonly admission: Admission;
  /** What a page is rendered with before its first event. */
  initialState(): InitialState;
  health(): Health;
  /** Ends the sampler and every stream. Safe to call twice. */
  stop(): Promise<void>;
}

/** Chooses the parts from the configuration, wires and starts them. Throws `ConfigError` on a bad variable. */
export async function startRuntime(env: NodeJS.ProcessEnv): Promise<Runtime> {
  const config = parseConfig(env);
  const host = openHost({
    name: config.hostName ?? undefined,
    procPath: config.procPath,
    sysPath: config.sysPath,
  });
  let facts: HostFacts = {
    host: host.name,
    os: null,
    kernel: null,
    cpuModel: null,
    cores: null,
    memoryBytes: null,
    bootTime: null,
    container: null,
  };
  const found = host.facts().then((known) => {
    facts = known;
  });
  await Promise.race([found, new Promise((resolve) => setTimeout(resolve, factsWaitMs).unref())]);

  const pipeline = openPipeline({
    host,
    facts: () => facts,
    intervalMs: config.intervalMs,
    version,
    logId: randomBytes(5).toString('hex'),
  });

  return {
    ...pipeline,
    config,
    version,
    hostName: host.name,
    admission: openAdmission({
      maxStreams: config.maxStreams,
      maxStreamsPerAddress: config.maxStreamsPerAddress,
      exempt: config.trustedProxies,
    }),
    health: () => healthOf({ ...pipeline, version, intervalMs: config.intervalMs }),
    initialState: () => ({
      facts,
      intervalMs: config.intervalMs,
      serverTime: Date.now(),
      latest: latestPayloads(pipeline.latest),
    }),
    async stop() {
      await pipeline.sampler.stop();
      pipeline.feed.stop();
    },
  };
}

function latestPayloads(latest: ReadonlyMap<string, NewEvent>): Partial<LoggedPayloads> {
  const payloads: Partial<Record<string, unknown>> = {};
  for (const [type, { json }] of latest) {
    const parsed = isLoggedType(type) ? loggedSchemas[type].safeParse(JSON.parse(json)) : null;
    if (parsed?.success) payloads[type] = parsed.data;
  }
  return payloads as Partial<LoggedPayloads>;
}
