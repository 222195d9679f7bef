import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Where its log is; give it to another start to go on with it. Removed when the tests end. */
  readonly dataDir: string;
  /** All that it printed so far. */
  output(): string;
  /** Sends the signal and waits for the end; gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const startScript = fileURLToPath(new URL('../scripts/start.cjs', import.meta.url));
/** A limit for hanging: a start takes a second where nothing else runs. */
const startsWithinMs = 180_000;

const made: string[] = [];
process.once('exit', () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

function newDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hostbeat-e2e-'));
  made.push(folder);
  return folder;
}

/** Starts the built product as a user does, on a free port and with an empty log unless told otherwise. */
export async function startServer(env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const dataDir = env.HOSTBEAT_DATA_DIR ?? newDataDir();
  const child = spawn(process.execPath, [startScript], {
    env: {
      ...process.env,
      PORT: '0',
      HOST: '127.0.0.1',
      NODE_ENV: 'production',
      HOSTBEAT_DATA_DIR: dataDir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${output}`));
    const late = setTimeout(() => fail('The server did not say that it is live'), startsWithinMs);
    const receive = (chunk: Buffer) => {
      output += chunk.toString();
      const live = /live at (http:\/\/\S+)/.exec(output)?.[1];
      if (!live) return;
      clearTimeout(late);
      resolve(live.replace('localhost', '127.0.0.1'));
    };
    child.stdout.on('data', receive);
    child.stderr.on('data', receive);
    child.once('exit', (code) => {
      clearTimeout(late);
      fail(`The server ended with ${code}`);
    });
  });
  return {
    url: url.replace(/\/$/, ''),
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
    dataDir,
    output: () => output,
    stop: (signal = 'SIGTERM') => end(child, signal),
  };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}
