import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { inProject, root } from './project.mjs';

const forwarded = ['SIGINT', 'SIGTERM'];

/**
 * Runs a program in the checkout, or in `cwd`, with its output on this terminal; gives its exit code (128 + n for a signal).
 * A signal that ends this process ends the program first, so that none is left behind.
 * `quiet` keeps the output off the terminal; `timeoutMs` bounds the run; `onStart` is told the process id.
 */
export function run(
  program,
  args,
  { env = process.env, cwd = root, timeoutMs = 0, quiet = false, shell = false, onStart = undefined } = {},
) {
  return new Promise((resolve, reject) => {
    const stdio = quiet ? 'ignore' : 'inherit';
    const child = spawn(program, args, { cwd, env, stdio, shell, windowsHide: true });
    if (child.pid !== undefined) onStart?.(child.pid);
    let caught;
    const pass = (signal) => {
      caught = signal;
      child.kill(signal);
    };
    for (const signal of forwarded) process.on(signal, pass);
    const late = timeoutMs > 0 ? setTimeout(() => child.kill('SIGKILL'), timeoutMs) : undefined;
    const settle = () => {
      clearTimeout(late);
      for (const signal of forwarded) process.removeListener(signal, pass);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      settle();
      if (caught) process.exit(128 + os.constants.signals[caught]);
      resolve(code === null ? 128 + os.constants.signals[signal] : code);
    });
  });
}

/** Runs a script with this same Node.js. */
function runNode(script, args, options) {
  return run(process.execPath, [script, ...args], options);
}

/** Runs a package by the script that it starts with, a path below node_modules: so no system needs a shell. */
export function runPackage(script, args, options) {
  return runNode(inProject('node_modules', script), args, options);
}

/** Runs npm: the one that started this command, else the one on the PATH. */
export function runNpm(args, options) {
  const npm = process.env.npm_execpath;
  if (npm && path.basename(npm).startsWith('npm-cli')) return runNode(npm, args, options);
  if (process.platform !== 'win32') return run('npm', args, options);
  // Windows starts .cmd files only through its shell; the arguments are ours, so nothing needs quoting.
  return run('npm.cmd', args, { ...options, shell: true });
}
