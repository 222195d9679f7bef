import type { LoggedType } from '@/lib/protocol/event-types';
import type { InitialState } from '@/lib/protocol/initial-state';
import type { RequestRate } from '@/lib/server/auth/request-rate';
import type { Pause } from '@/lib/server/concurrency/turns';
import type { Client, WorkQueues } from '@/lib/server/concurrency/work-queue';
import type { Config } from '@/lib/server/config';
import type { Pipeline } from '@/lib/server/pipeline';
import type { Admission } from '@/lib/server/streaming/admission';
import type { UnderWay } from './handlers/publish';
import type { Health } from './health-report';

/** What handlers and pages work with; each takes the part of it that it needs. */
export interface HttpContext extends Pipeline {
  readonly config: Config;
  readonly version: string;
  readonly hostName: string;
  readonly admission: Admission;
  /** How often each address may publish. */
  readonly publishers: RequestRate;
  readonly underWay: UnderWay;
  /** Queues of long work, by kind. */
  readonly work: WorkQueues;
  /** For long work without a queue, such as a page's. */
  readonly pause: Pause;
  /** What a page is rendered with before its first event: of the types that it shows, and of no others. */
  initialState(types: readonly LoggedType[]): InitialState;
  health(): Health;
  /** The address of a request's client; `null` where no server of ours names it. */
  peerOf(headers: Headers): string | null;
  /** Whether a request came through a proxy. */
  isForwarded(headers: Headers): boolean;
}

/** A request to a route, with what handlers need of it. */
export interface Call {
  readonly context: HttpContext;
  readonly request: Request;
  readonly query: URLSearchParams;
  /** Of an address with a variable part, that part. */
  readonly id: string;
  /** For queues of long work. */
  readonly client: Client;
}
