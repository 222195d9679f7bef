import { existsSync } from 'node:fs';
import path from 'node:path';
import { installByApt } from './apt.mjs';
import { Stop, say } from './project.mjs';
import { run, runPackage } from './run.mjs';

const downloadLimitMs = 240_000;
const checkLimitMs = 20_000;

const programs = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'msedge',
];
const windowsPlaces = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
];
const macPlaces = ['Chromium', 'Google Chrome', 'Microsoft Edge'].map(
  (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
);

/**
 * Where the system's own browsers would be, best first.
 * @param {{ platform?: NodeJS.Platform, env?: Record<string, string | undefined> }} [system]
 */
export function browserPlaces({ platform = process.platform, env = process.env } = {}) {
  if (platform === 'darwin') return macPlaces;
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean);
    return windowsPlaces.flatMap((parts) => roots.map((folder) => path.win32.join(folder, ...parts)));
  }
  const folders = (env.PATH ?? '').split(':').filter(Boolean);
  return programs.flatMap((name) => folders.map((folder) => path.posix.join(folder, name)));
}

/** A file by that name may be a wrapper for something that is not installed, or lack libraries: so it is run. */
async function runs(file) {
  if (!existsSync(file)) return false;
  // On Windows the browser would open a window instead of saying its version.
  if (process.platform === 'win32') return true;
  const code = await run(file, ['--version'], { quiet: true, timeoutMs: checkLimitMs }).catch(() => 1);
  return code === 0;
}

async function firstThatRuns(files) {
  for (const file of files) if (await runs(file)) return file;
  return undefined;
}

async function playwrightsOwn() {
  const { chromium } = await import('@playwright/test');
  return firstThatRuns([chromium.executablePath()]);
}

async function download() {
  say('No Chromium is installed: asking Playwright to download its own');
  const env = { PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '15000', ...process.env };
  await runPackage('@playwright/test/cli.js', ['install', 'chromium'], { env, timeoutMs: downloadLimitMs });
  return playwrightsOwn();
}

async function fromDebian() {
  // Without the font Chinese is drawn as boxes; the tests do not depend on it.
  await installByApt(['chromium', 'fonts-noto-cjk'], say);
  return firstThatRuns(browserPlaces());
}

/**
 * The path of a Chromium: the one that is named, Playwright's own, the system's, else one that is installed now.
 * Throws a one-line `Stop` that says what to install by hand.
 */
export async function findChromium() {
  const named = process.env.HOSTBEAT_TEST_CHROMIUM;
  if (named) {
    if (await runs(named)) return named;
    throw new Stop(
      `HOSTBEAT_TEST_CHROMIUM: got ${JSON.stringify(named)}, takes the path of a Chromium that runs`,
    );
  }
  const found =
    (await playwrightsOwn()) ??
    (await firstThatRuns(browserPlaces())) ??
    (await download()) ??
    (await fromDebian());
  if (found) return found;
  throw new Stop(
    'No Chromium could be installed: install Chromium or Chrome by hand (npx playwright install --with-deps chromium), or name one in HOSTBEAT_TEST_CHROMIUM',
  );
}
