import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { DurableEvent, HostEventSource } from '../../host';
import { readHead } from '../procfs/pseudo-file';
import type { LinuxRoots } from '../procfs/roots';
import { rootfsOf } from '../procfs/roots';
import { logindSessions } from './logind';
import type { Session } from './utmp';
import { parseUtmp } from './utmp';

/** Two polls fit into the 5 s within which a login has to be reported. */
const everyMs = 2_000;
const utmpBytesMax = 1024 * 1024;
/** More sessions than this at once mean that the file was replaced, and are not reported. */
const occurrencesMax = 200;

interface Seen {
  readonly source: string;
  readonly sessions: ReadonlyMap<string, Session>;
}

/**
 * Logins and logouts. Sessions that exist at the first poll are not reported; nor is any while the source changes, as
 * when utmp is removed. Without utmp and logind there are no events.
 */
export function loginSource(roots: Omit<LinuxRoots, 'sysPath'>): HostEventSource {
  const rootfsPath = rootfsOf(roots);
  let before: Seen | null = null;
  return {
    name: 'logins',
    everyMs,
    async poll() {
      const after = rootfsPath === null ? null : await whoIsThere(rootfsPath, roots.procPath);
      const earlier = before;
      before = after;
      if (!after || earlier?.source !== after.source) return [];
      return changesBetween(earlier.sessions, after.sessions).slice(0, occurrencesMax);
    },
  };
}

async function whoIsThere(rootfsPath: string, procPath: string): Promise<Seen | null> {
  for (const path of ['run/utmp', 'var/run/utmp']) {
    const content = await readHead(join(/* turbopackIgnore: true */ rootfsPath, path), utmpBytesMax);
    const sessions = parseUtmp(Buffer.from(content ?? '', 'latin1'));
    if (sessions) return { source: path, sessions: byKey(await living(sessions, procPath)) };
  }
  const sessions = await logindSessions(join(rootfsPath, 'run/systemd/sessions'));
  return sessions && { source: 'logind', sessions: byKey(await living(sessions, procPath)) };
}

/**
 * Without those whose process has ended and left its record, as after a kill. Where process 1 is not to be seen
 * (hidepid, no procfs), nobody's is, and all count.
 */
async function living(sessions: readonly Session[], procPath: string): Promise<readonly Session[]> {
  const isThere = (pid: number) =>
    access(join(procPath, String(pid))).then(
      () => true,
      () => false,
    );
  if (sessions.length === 0 || !(await isThere(1))) return sessions;
  const there: Session[] = [];
  for (const session of sessions) {
    if (session.leader === null || (await isThere(session.leader))) there.push(session);
  }
  return there;
}

const byKey = (sessions: readonly Session[]) => new Map(sessions.map((session) => [session.key, session]));

/** Who went, then who came: one who changed places is there in the end. */
function changesBetween(
  before: ReadonlyMap<string, Session>,
  after: ReadonlyMap<string, Session>,
): DurableEvent[] {
  const went = [...before.values()].filter(({ key }) => !after.has(key));
  const came = [...after.values()].filter(({ key }) => !before.has(key));
  const payloadOf = ({ user, terminal, from }: Session) => ({ user, terminal, from });
  return [
    ...went.map((session) => ({ type: 'user-logout' as const, payload: payloadOf(session) })),
    ...came.map((session) => ({ type: 'user-login' as const, payload: payloadOf(session) })),
  ];
}
