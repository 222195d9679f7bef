import type { Sample } from '@/lib/server/collectors/host';
import { activityAt } from './activity';
import { services } from './demand';
import type { Incident } from './incident';
import type { MachineState } from './machine-state';
import { channelOf, smooth } from './noise';
import { gibibyte, type Service } from './service';
import { pages } from './units';

/** 32 GiB without what the firmware and the kernel image keep. */
export const totalBytes = pages(31.2 * gibibyte);
const kernelBytes = 1.15 * gibibyte;
const swapTotalBytes = pages(8 * gibibyte);
/** What is used above this part of all memory goes to swap in part. */
const roomyShare = 0.88;

const cacheChannel = channelOf('page cache');
const swapChannel = channelOf('swap');
/** Caches are cold after a restart. */
const warmUpMs = 120_000;

export function memoryAt(state: MachineState): Sample<'memory'> {
  const { noise, unixMs, now, incidents } = state;
  let wanted = kernelBytes;
  for (const service of services) wanted += serviceBytes(state, service);
  for (const { by, level } of now.jobs) wanted += by.memoryBytes * level;

  const roomyBytes = totalBytes * roomyShare;
  const overflow = Math.max(0, wanted - roomyBytes);
  const usedBytes = pages(Math.min(wanted, roomyBytes + overflow / 2, totalBytes * 0.97));
  const availableBytes = totalBytes - usedBytes;
  const idle = 0.3 + 0.12 * noise.wander(swapChannel, unixMs, 3_600_000);
  const squeezed = smooth((leakProgress(incidents, unixMs) - 0.7) / 0.3);
  const swapUsedBytes = Math.min(swapTotalBytes, pages((idle + 1.3 * squeezed) * gibibyte + overflow / 2));

  // What is available is free or cached; a little of it is neither, since reclaiming has a price.
  const freeBytes = pages(availableBytes * (0.13 + 0.06 * noise.wander(cacheChannel, unixMs, 240_000)));
  const buffersBytes = pages(
    availableBytes * (0.03 + 0.008 * noise.wander(cacheChannel + 1, unixMs, 900_000)),
  );
  const cachedBytes = pages((availableBytes - freeBytes - buffersBytes) * 0.985);
  return {
    totalBytes,
    usedBytes,
    availableBytes,
    freeBytes,
    cachedBytes,
    buffersBytes,
    swapTotalBytes,
    swapUsedBytes,
  };
}

/** What a service holds of memory: with the hour, after a restart, while it leaks. Bytes; 0 while it is down. */
export function serviceBytes({ noise, incidents, unixMs }: MachineState, service: Service): number {
  const usual =
    service.memoryBytes *
    (0.97 + 0.06 * activityAt(unixMs) + 0.05 * noise.wander(service.channel + 9, unixMs, 1_200_000));
  let [leaked, warmth] = [0, 1];
  for (const { outage, leak } of incidents) {
    if (leak?.service === service.name && unixMs >= leak.startMs && unixMs < leak.endMs) {
      const progress = (unixMs - leak.startMs) / (leak.endMs - leak.startMs);
      const ceiling = (service.memoryLimitBytes ?? 2 * usual) * 0.985;
      leaked += Math.max(0, ceiling - usual) * progress;
    }
    if (outage?.service === service.name && unixMs >= outage.downMs) {
      if (unixMs < outage.startedMs) return 0;
      warmth = Math.min(warmth, 0.4 + 0.6 * smooth((unixMs - outage.startedMs) / warmUpMs));
    }
  }
  // A restart leaves caches cold and no bound on a later leak: it is forgotten while that still grows.
  const bytes = usual * warmth + leaked;
  return service.memoryLimitBytes === null ? bytes : Math.min(bytes, service.memoryLimitBytes * 0.99);
}

/** How near to its limit the worst leak is at a given time, 0..1. */
export function leakProgress(incidents: readonly Incident[], atMs: number): number {
  let progress = 0;
  for (const { leak } of incidents) {
    if (!leak || atMs < leak.startMs || atMs >= leak.endMs) continue;
    progress = Math.max(progress, (atMs - leak.startMs) / (leak.endMs - leak.startMs));
  }
  return progress;
}
