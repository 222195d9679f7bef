import { startServer } from '../server.mjs';
import { startFakeProc } from './fake-proc.mjs';
import { serverCore } from './measure.mjs';

/** Hostbeat as a user runs it, watching a machine whose `cpu` event is about 1 KiB. */
export async function startHostbeat({ clients = 0, env = {} } = {}) {
  const proc = startFakeProc();
  const server = await startServer(
    {
      HOSTBEAT_PROC: proc.path,
      HOSTBEAT_MAX_STREAMS: String(Math.max(20_000, clients + 1000)),
      ...env,
    },
    { core: serverCore },
  ).catch((error) => {
    proc.stop();
    throw error;
  });
  return {
    ...server,
    path: '/api/events?types=cpu',
    async stop() {
      await server.stop();
      proc.stop();
    },
  };
}
