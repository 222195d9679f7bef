import { uptime } from 'node:os';
import { join } from 'node:path';
import type { Boot } from '@/lib/protocol/history';
import { readHead } from './linux/procfs/pseudo-file';

/** random(4) names a boot; elsewhere only its time is known. Never rejects. */
export async function readBoot(procPath: string, now = Date.now()): Promise<Boot> {
  const id = (await readHead(join(procPath, 'sys/kernel/random/boot_id')))?.trim() ?? '';
  return { id: /^[0-9a-f-]{36}$/.test(id) ? id : null, at: Math.round(now / 1000 - uptime()) * 1000 };
}
