import type { AskSpace, Space } from './mount-space';
import type { Mount } from './mountinfo';

export interface SpaceQueueOptions {
  readonly ask: AskSpace;
  /** How long one mount may take. */
  readonly deadlineMs: number;
}

export interface SpaceQueue {
  /**
   * The space of each mount; `null` for one that is out of reach, does not answer, or waits behind one that does
   * not. Never rejects, and takes hardly longer than three deadlines. After `signal` aborts the rest is `null`.
   */
  askAll(
    mounts: readonly Mount[],
    pathOf: (mount: Mount) => Buffer | null,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Mount, Space | 'no-folder' | null>>;
}

/** How a file system that hung has fared since, by its device number. */
interface HungMount {
  readonly server: string;
  hangs: number;
  isStuck: boolean;
  /** It rests until this turn. */
  nextTurn: number;
}

/**
 * Each call that hangs holds one of the four threads that all of Node's file access shares. Past this many, network
 * shares are not asked; past one more, nothing is.
 */
const stuckMax = 2;
/** In periods of the collector, 30 s: a mount that keeps hanging is queried every 10 min. */
const restTurnsMax = 20;

/** Asks local mounts one after the other, and shares beside them; leaves alone for a while what hangs. */
export function openSpaceQueue({ ask, deadlineMs }: SpaceQueueOptions): SpaceQueue {
  const hungMounts = new Map<string, HungMount>();
  let turn = 0;

  const stuck = () => [...hungMounts.values()].filter(({ isStuck }) => isStuck);

  function mayAsk(mount: Mount): boolean {
    const trouble = hungMounts.get(mount.device);
    if (trouble && (trouble.isStuck || turn < trouble.nextTurn)) return false;
    const hanging = stuck();
    if (!isRemote(mount)) return hanging.length <= stuckMax;
    return hanging.length < stuckMax && hanging.every(({ server }) => server !== serverOf(mount));
  }

  function noteHang(mount: Mount, call: Promise<unknown>): void {
    const hangs = (hungMounts.get(mount.device)?.hangs ?? 0) + 1;
    const nextTurn = turn + 1 + Math.min(restTurnsMax, 2 ** (hangs - 1));
    const trouble: HungMount = { server: serverOf(mount), hangs, isStuck: true, nextTurn };
    hungMounts.set(mount.device, trouble);
    call.then(
      // It answers again, so it is asked in the very next turn.
      () => hungMounts.delete(mount.device),
      () => {
        trouble.isStuck = false;
      },
    );
  }

  async function askOne(
    mount: Mount,
    path: Buffer,
    signal: AbortSignal,
  ): Promise<Space | 'no-folder' | null> {
    let timer: NodeJS.Timeout | undefined;
    let giveUp = () => {};
    const call = ask(path);
    const expired = new Promise<'expired'>((resolve) => {
      giveUp = () => resolve('expired');
      timer = setTimeout(giveUp, deadlineMs);
      signal.addEventListener('abort', giveUp);
    });
    try {
      const answer = await Promise.race([call, expired]);
      if (answer !== 'expired') {
        hungMounts.delete(mount.device);
        return answer;
      }
      noteHang(mount, call);
      return null;
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  return {
    async askAll(mounts, pathOf, signal) {
      turn += 1;
      const answers = new Map<Mount, Space | 'no-folder' | null>(mounts.map((mount) => [mount, null]));
      const askEach = async (some: readonly Mount[]) => {
        for (const mount of some) {
          if (signal.aborted) return;
          const path = pathOf(mount);
          if (path && mayAsk(mount)) answers.set(mount, await askOne(mount, path, signal));
        }
      };
      const local = mounts.filter((mount) => !isRemote(mount));
      await Promise.all([askEach(local), askEach(mounts.filter(isRemote))]);
      return answers;
    },
  };
}

/** `server:/export`, `//server/share`, and what FUSE does of its own accord, such as sshfs. */
const isRemote = ({ source, type }: Mount) => /^\/\/|:\//.test(source) || /^(fuse\.|9p$|ceph|afs)/.test(type);

/** When one export of a server hangs, its others do. A local device is a server of itself. */
function serverOf({ source, device }: Mount): string {
  return /^(?:\/\/([^/]+)|(.+?):\/)/.exec(source)?.slice(1).find(Boolean) ?? device;
}
