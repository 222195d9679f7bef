import { isOwnServer } from '@/lib/server/http/peer';

/** Next calls this once when a server starts, and never during a build. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { remember } = await import('@/lib/server/running');
  const { startRuntime } = await import('@/lib/server/runtime');
  const runtime = await remember(() => startRuntime(process.env));
  if (isOwnServer()) return;
  const { stopOnSignal } = await import('@/lib/server/signals');
  stopOnSignal(runtime);
}
