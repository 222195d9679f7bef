import type { Containers } from '@/lib/protocol/payloads';
import type { Sample } from '@/lib/server/collectors/host';
import { containerServices } from './container-services';
import type { MachineState } from './machine-state';
import { serviceBytes } from './memory';
import type { Service } from './service';
import { hundredths, pages } from './units';

type Container = Containers['containers'][number];

export function containersAt(state: MachineState): Sample<'containers'> {
  return { containers: containerServices.map((service) => containerOf(state, service)) };
}

function containerOf(machine: MachineState, service: Service): Container {
  const { noise, now } = machine;
  const granted = now.busyCores / now.askedCores;
  const bits24 = (nth: number) => Math.floor(noise.draw(service.channel + 20, nth) * 2 ** 24);
  const { state, health } = conditionOf(machine, service);
  const isRunning = state === 'running';
  const limit = service.memoryLimitBytes;
  const jobs = now.jobs.filter(({ by }) => by.service === service.name);
  const own = now.services.find(({ by }) => by === service)?.cores ?? 0;
  const cores = jobs.reduce((sum, job) => sum + job.cores, own);
  const held = jobs.reduce(
    (sum, { by, level }) => sum + by.memoryBytes * level,
    serviceBytes(machine, service),
  );
  return {
    id: [bits24(0), bits24(1)].map((bits) => bits.toString(16).padStart(6, '0')).join(''),
    name: service.name,
    image: service.image,
    state,
    health,
    cpuPercent: isRunning ? hundredths(100 * cores * granted) : null,
    memoryBytes: isRunning ? pages(Math.min(held, limit ?? held)) : null,
    memoryLimitBytes: limit,
    throttledPercent: null,
    oomKills: isRunning ? 0 : null,
  };
}

/** State and health as an engine reports them. */
function conditionOf({ incidents, unixMs }: MachineState, { name, hasHealthCheck }: Service) {
  const checked = (health: string) => (hasHealthCheck ? health : null);
  for (const { outage } of incidents) {
    if (outage?.service !== name || unixMs < outage.unhealthyMs || unixMs >= outage.healthyMs) continue;
    if (unixMs < outage.downMs) return { state: 'running', health: checked('unhealthy') };
    if (unixMs < outage.startedMs) return { state: 'restarting', health: checked('unhealthy') };
    return { state: 'running', health: checked('starting') };
  }
  return { state: 'running', health: checked('healthy') };
}
