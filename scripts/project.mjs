import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout, whatever the working directory is. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

export function inProject(...parts) {
  return path.join(root, ...parts);
}

export function manifest() {
  return JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
}

/** One plain line about what is being done. */
export function say(line) {
  console.log(line);
}

/** Ends the command with a line for whoever typed it; a stack trace would tell them nothing. */
export class Stop extends Error {
  constructor(line, exitCode = 1) {
    super(line);
    this.exitCode = exitCode;
  }
}

/** What the system refused is said in a line; anything else is a fault of ours, and its stack says where. */
function lineOf(error) {
  if (!(error instanceof Error) || typeof error.syscall !== 'string') return error;
  return `Hostbeat could not go on: ${error.message.split('\n')[0]}`;
}

/** Runs a command's work; what it throws becomes its exit code. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Stop ? error.message : lineOf(error));
    process.exit(error instanceof Stop ? error.exitCode : 1);
  }
}
