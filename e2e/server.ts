import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** All that it printed so far. */
  output(): string;
  /** Sends the signal and waits for the end; gives the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const startScript = fileURLToPath(new URL('../scripts/start.mjs', import.meta.url));
const startsWithinMs = 30_000;

/** Starts the built product as a user does, on a free port unless one is named. */
export async function startServer(env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  const child = spawn(process.execPath, [startScript], {
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`${why}\n${output}`));
    const late = setTimeout(() => fail('The server did not say that it is live'), startsWithinMs);
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      const live = /live at (http:\/\/\S+)/.exec(output)?.[1];
      if (!live) return;
      clearTimeout(late);
      resolve(live.replace('localhost', '127.0.0.1'));
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => {
      clearTimeout(late);
      fail(`The server ended with ${code}`);
    });
  });
  return {
    url: url.replace(/\/$/, ''),
    port: Number(new URL(url).port),
    pid: child.pid ?? 0,
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
