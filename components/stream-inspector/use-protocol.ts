'use client';

import { useEffect, useState } from 'react';

function protocolOf(kind: 'navigation' | 'resource'): string | null {
  const entries = performance.getEntriesByType(kind) as PerformanceResourceTiming[];
  const own = entries.filter(({ name }) => kind === 'navigation' || new URL(name).pathname === '/api/events');
  return own.findLast(({ nextHopProtocol }) => nextHopProtocol !== '')?.nextHopProtocol ?? null;
}

/**
 * `http/1.1`, `h2` or `h3`; `null` while it is not known. A stream has an entry of its own only once it has
 * ended, so a HEAD of the same address, which goes the same way, tells it at once.
 */
export function useProtocol(): string | null {
  const [protocol, setProtocol] = useState<string | null>(null);
  useEffect(() => {
    const update = () => setProtocol(protocolOf('resource') ?? protocolOf('navigation'));
    update();
    const observer = new PerformanceObserver(update);
    observer.observe({ type: 'resource' });
    fetch('/api/events', { method: 'HEAD' }).catch(() => {
      // The server is away; the page's own entry has told enough.
    });
    return () => observer.disconnect();
  }, []);
  return protocol;
}
