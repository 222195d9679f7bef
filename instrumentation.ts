/** Next calls this once when a server starts, and never during a build. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { remember } = await import('@/lib/running');
  const { startRuntime } = await import('@/lib/runtime');
  const runtime = await remember(() => startRuntime(process.env));
  // Whichever server this runs in: open streams would keep it waiting for ever.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void runtime.stop());
}
