import type { LoggedPayloads } from './event-types';
import type { HostFacts, Sensor, SystemAlert } from './payloads';

/** An alert that is on, or something that has just happened and has no end. */
export type FiringAlert = Pick<
  SystemAlert,
  | 't'
  | 'alertId'
  | 'ruleId'
  | 'name'
  | 'kind'
  | 'severity'
  | 'metric'
  | 'value'
  | 'since'
  | 'culprits'
  | 'origin'
>;

/** What a page knows before its first event: rendered on the server, so that first paint has figures. */
export interface InitialState {
  readonly facts: HostFacts;
  readonly intervalMs: number;
  /** Unix ms on the host's clock when this was made. */
  readonly serverTime: number;
  readonly latest: Partial<LoggedPayloads>;
  /** The last values of the sensors that programs publish; those of the host's own are in `latest`. */
  readonly sensors?: readonly { readonly t: number; readonly sensor: Sensor }[];
  /** The alerts that are on. */
  readonly firing?: readonly FiringAlert[];
}

/** So many come with a page, the worst first; it asks for the others once it is open. */
export const pageAlertsMax = 50;
