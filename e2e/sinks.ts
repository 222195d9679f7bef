/** The two ways by which `/api/events` is served. Each must keep the whole contract by itself. */
export const sinks = [
  { sink: 'direct', env: { HOSTBEAT_TEST_SINK: 'direct' } },
  { sink: 'route', env: { HOSTBEAT_TEST_SINK: 'route' } },
] as const;
