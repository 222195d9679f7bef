import { type IoRates, ioRatesOf } from './io-rates';
import { channelOf } from './noise';

export const gibibyte = 2 ** 30;

export interface ServiceProcess {
  readonly name: string;
  readonly command: string;
  /** Its part of what the service takes; the parts of a service add up to 1. */
  readonly cpuShare: number;
  readonly memoryShare: number;
}

/** Something that always runs, in a container or on the host itself. */
export interface Service {
  readonly name: string;
  readonly user: string;
  /** `null` on the host itself. */
  readonly image: string | null;
  /** `null` where there is none. */
  readonly memoryLimitBytes: number | null;
  readonly hasHealthCheck: boolean;
  /** Cores in use when idle, and what is added under full demand. */
  readonly quietCores: number;
  readonly busyCores: number;
  readonly systemShare: number;
  readonly memoryBytes: number;
  /** At full activity. */
  readonly ioRates: IoRates;
  readonly processes: readonly ServiceProcess[];
  readonly channel: number;
}

interface ServiceSpec {
  readonly user?: string;
  readonly image?: string;
  readonly limitGiB?: number;
  readonly isUnchecked?: boolean;
  readonly cores: readonly [quiet: number, busy: number];
  readonly systemShare?: number;
  readonly memoryGiB: number;
  readonly ioRates?: Partial<IoRates>;
  /** Name, command line, share of CPU, share of memory. */
  readonly processes: readonly (readonly [string, string, number, number])[];
}

/** A service from what is particular about it. */
export function service(name: string, short: ServiceSpec): Service {
  return {
    name,
    user: short.user ?? 'root',
    image: short.image ?? null,
    memoryLimitBytes: short.limitGiB === undefined ? null : short.limitGiB * gibibyte,
    hasHealthCheck: !short.isUnchecked,
    quietCores: short.cores[0],
    busyCores: short.cores[1],
    systemShare: short.systemShare ?? 0.2,
    memoryBytes: short.memoryGiB * gibibyte,
    ioRates: ioRatesOf(short.ioRates ?? {}),
    processes: short.processes.map(([processName, command, cpuShare, memoryShare]) => ({
      name: processName,
      command,
      cpuShare,
      memoryShare,
    })),
    channel: channelOf(`service ${name}`),
  };
}
