// Node.js makes as many threads for file access as this says at their first use, which is when it reads a module of
// ours: hence before any, from CommonJS. Readings that may hang hold seven of them (lib/server/collectors/linux/procfs/thread-pool.ts).
if (!process.env.UV_THREADPOOL_SIZE) process.env.UV_THREADPOOL_SIZE = '12';
import('./start.mjs');
