import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { giveUp, run, runPackage, say } from './run.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
const elsewhere = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const downloadLimitMs = 120_000;

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

async function playwrightsOwn() {
  const { chromium } = await import('@playwright/test');
  const file = chromium.executablePath();
  return existsSync(file) ? file : undefined;
}

function systems() {
  return names.map(onPath).find(Boolean) ?? elsewhere.find((file) => existsSync(file));
}

async function download() {
  say('No Chromium here: asking Playwright to download one …');
  const code = await runPackage('@playwright/test/cli.js', ['install', 'chromium'], {
    timeout: downloadLimitMs,
  });
  return code === 0 ? playwrightsOwn() : undefined;
}

async function fromDebian() {
  if (!onPath('apt-get')) return undefined;
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  say('Playwright cannot download one: installing Debian’s chromium …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => {
    const [command = 'apt-get', ...rest] = [...asRoot, 'apt-get', ...args];
    return run(command, rest, { env });
  };
  await apt('update', '-qq');
  const code = await apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk');
  return code === 0 ? onPath('chromium') : undefined;
}

/**
 * A Chromium for the tests: the one that is named, Playwright's own, the system's, else one that is installed now.
 * @returns {Promise<string>} its path
 */
export async function findChromium() {
  const named = process.env.HOSTBEAT_TEST_CHROMIUM;
  if (named && !existsSync(named)) giveUp(`HOSTBEAT_TEST_CHROMIUM: there is no ${named}`);
  const found = named ?? (await playwrightsOwn()) ?? systems() ?? (await download()) ?? (await fromDebian());
  return (
    found ??
    giveUp('The end-to-end tests need a Chromium: install one, or name it in HOSTBEAT_TEST_CHROMIUM.')
  );
}
