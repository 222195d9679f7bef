import { installByApt } from './apt.mjs';
import { Stop, say } from './project.mjs';
import { run } from './run.mjs';

const isHere = async () => (await run('curl', ['--version'], { quiet: true }).catch(() => 1)) === 0;

/** One of the end-to-end tests reads the feed as people do. Throws a one-line `Stop` where curl cannot be had. */
export async function ensureCurl() {
  if (await isHere()) return;
  await installByApt(['curl'], say);
  if (!(await isHere())) throw new Stop('The end-to-end tests read the feed with curl: install curl by hand');
}
