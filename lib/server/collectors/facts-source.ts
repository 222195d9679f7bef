import type { HostFacts } from '@/lib/protocol/payloads';
import type { Host, HostEventSource } from './host';

/** CPUs and memory can be plugged, limits of a container changed, a system upgraded while it runs. */
const everyMs = 600_000;

/**
 * Reads a host's facts again every ten minutes, without starting a process, and reports what has changed. What could
 * not be seen this time has not.
 */
export function factsSource(
  host: Pick<Host, 'factsAtOnce'>,
  onChange: (changed: Partial<HostFacts>) => void,
): HostEventSource {
  let before: HostFacts | null = null;
  return {
    name: 'facts',
    everyMs,
    async poll() {
      const seen = await host.factsAtOnce();
      const earlier = before ?? seen;
      before = seen;
      const changed = Object.entries(seen).filter(
        ([name, value]) => value !== null && value !== earlier[name as keyof HostFacts],
      );
      if (changed.length > 0) onChange(Object.fromEntries(changed));
      return [];
    },
  };
}
