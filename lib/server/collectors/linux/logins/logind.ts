import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { shownName } from '../procfs/kernel-text';
import { readHead } from '../procfs/pseudo-file';
import type { Session } from './utmp';
import { hostNamed } from './utmp';

const sessionsMax = 1_000;
/** Sessions without a user: of timers, and of systemd itself. */
const unattended = /^(cron|crond|atd|systemd-user)$/;

/** The sessions that systemd-logind keeps below `/run/systemd/sessions`; `null` where it keeps none. */
export async function logindSessions(folder: string): Promise<Session[] | null> {
  const names = await readdir(folder).catch(() => null);
  if (names === null) return null;
  const sessions: Session[] = [];
  // Beside each session's file is a FIFO, `<id>.ref`.
  for (const id of names.filter((name) => /^[a-z]?\d+$/i.test(name)).slice(0, sessionsMax)) {
    const session = parseSession(id, (await readHead(join(folder, id), 8192)) ?? '');
    if (session) sessions.push(session);
  }
  return sessions;
}

/** One session's file of logind's (systemd, src/login/logind-session.c); `null` when it is not of a user, or closing. */
export function parseSession(id: string, text: string): Session | null {
  const fields = new Map(
    text.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, Math.max(0, at)), unquoted(line.slice(at + 1))];
    }),
  );
  const field = (name: string) => shownName(fields.get(name) ?? '');
  const user = field('USER');
  const isOfUser = /^user(-early)?(-light)?$/.test(field('CLASS') || 'user');
  if (user === '' || !isOfUser || field('STATE') === 'closing' || unattended.test(field('SERVICE'))) {
    return null;
  }
  const leader = Number(field('LEADER'));
  return {
    key: [id, user, field('REALTIME')].join('\0'),
    user,
    terminal: field('TTY') || field('DISPLAY') || null,
    from: field('REMOTE') === '1' ? hostNamed(field('REMOTE_HOST')) : null,
    leader: Number.isInteger(leader) && leader > 0 ? leader : null,
  };
}

/** Values may be in quotes, with backslashes before what is special. */
function unquoted(value: string): string {
  const inner = /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
  return inner.replaceAll(/\\(.)/g, '$1');
}
