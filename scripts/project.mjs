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

/** Runs a command's work; what it throws becomes its exit code. */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Stop ? error.message : error);
    process.exit(error instanceof Stop ? error.exitCode : 1);
  }
}
