import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import Database from 'libsql';
import { loadConfigModule } from '../scripts/config.mjs';
import { root } from '../scripts/project.mjs';
import { scratchFolder } from './scratch.mjs';
import { prepare, startServer } from './server.mjs';

/**
 * What others rely on, as a running server has it: addresses with their methods, event types with the fields of their
 * payloads, metric names with their units, configuration variables and the schemas of the databases.
 * `HOSTBEAT_SURFACE_FILE=before.json` writes it there when there is no such file, and else tells what differs.
 */
const listensMs = 20_000;
const file = process.env.HOSTBEAT_SURFACE_FILE;

/** The addresses of `app/`, `[name]` replaced by a name that nobody has. */
function addresses() {
  const app = join(root, 'app');
  return readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(^|[\\/])(page\.tsx|route\.ts)$/.test(path))
    .map((path) => `/${relative('.', path).split(sep).slice(0, -1).join('/')}`)
    .map((path) => path.replaceAll(/\/\([^)]*\)/g, ''))
    .sort();
}

/** The methods that an address of the API names when it is asked with one that it does not have. */
async function methodsOf(url, path) {
  if (!path.startsWith('/api')) return 'page';
  const asked = path.replaceAll(/\[\.{3}\w+\]/g, 'nothing').replaceAll(/\[\w+\]/g, 'nothing');
  const { headers, status } = await fetch(url + asked, { method: 'OPTIONS' });
  return headers.get('allow') ?? String(status);
}

/** The fields of a value; all items of a list are one. Names that are data, such as ids, do not occur as keys. */
function fieldsOf(value, path = '', fields = new Set()) {
  if (Array.isArray(value)) for (const item of value) fieldsOf(item, `${path}[]`, fields);
  else if (value !== null && typeof value === 'object')
    for (const [name, inner] of Object.entries(value)) fieldsOf(inner, `${path}.${name}`, fields);
  else fields.add(path.slice(1));
  return fields;
}

/** Each event type that comes within `listensMs`, with the fields of its payload. */
async function eventTypes(url) {
  const types = new Map();
  const end = new AbortController();
  const response = await fetch(`${url}/api/events?window=3600`, { signal: end.signal });
  const parser = createParser({
    onEvent: ({ event = 'message', data }) => {
      const known = types.get(event) ?? new Set();
      types.set(event, fieldsOf(JSON.parse(data), '', known));
    },
  });
  const timer = setTimeout(() => end.abort(), listensMs);
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
  } catch (error) {
    if (error.name !== 'AbortError') throw error;
  } finally {
    clearTimeout(timer);
  }
  return Object.fromEntries([...types].sort().map(([type, fields]) => [type, [...fields].sort()]));
}

function schemasOf(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.db'));
  return Object.fromEntries(
    names.sort().map((name) => {
      const database = new Database(join(folder, name), { readonly: true });
      try {
        const rows = database.prepare('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL').all();
        const { user_version: version } = database.prepare('PRAGMA user_version').get();
        return [name, { version, sql: rows.map(({ sql }) => sql.replaceAll(/\s+/g, ' ')).sort() }];
      } finally {
        database.close();
      }
    }),
  );
}

async function surface(folder) {
  const server = await startServer({ HOSTBEAT_DATA_DIR: folder, HOSTBEAT_DEMO: '1' });
  try {
    const { url } = server;
    const body = JSON.stringify([
      { type: 'message', data: { text: 'a message' } },
      { type: 'system-alert', data: { name: 'an alert', severity: 'warning' } },
      { type: 'user-login', data: { user: 'somebody', source: 'ssh' } },
    ]);
    await fetch(`${url}/api/events`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    await fetch(`${url}/api/sensors/shed`, { method: 'POST', body: '{"temperature":21.5}' });
    const routes = {};
    for (const path of addresses()) routes[path] = await methodsOf(url, path);
    const events = await eventTypes(url);
    await wait(2_000);
    const metrics = await (await fetch(`${url}/api/metrics`)).json();
    const list = metrics.items ?? metrics;
    const { describeConfig } = await loadConfigModule();
    return {
      routes,
      events,
      metrics: list.map(({ name, metric = name, unit }) => `${metric} ${unit}`).sort(),
      variables: describeConfig(),
    };
  } finally {
    await server.stop();
  }
}

/** Every value with its path, one a line, so that two surfaces can be compared as sets. */
function linesOf(value, path = '') {
  if (value === null || typeof value !== 'object') return [`${path} = ${JSON.stringify(value)}`];
  const named = Array.isArray(value) ? value.map((inner) => ['', inner]) : Object.entries(value);
  return named.flatMap(([name, inner]) => linesOf(inner, `${path}/${name}`));
}

function compare(before, now) {
  const [was, is] = [new Set(linesOf(before)), new Set(linesOf(now))];
  const gone = [...was].filter((line) => !is.has(line));
  const added = [...is].filter((line) => !was.has(line));
  for (const line of gone) console.log(`- ${line}`);
  for (const line of added) console.log(`+ ${line}`);
  console.log(`${was.size} lines before, ${is.size} now: ${gone.length} gone, ${added.length} added`);
}

await prepare();
const folder = scratchFolder();
const served = await surface(folder);
const now = JSON.parse(JSON.stringify({ ...served, schemas: schemasOf(folder) }));
let before = null;
try {
  if (file) before = JSON.parse(readFileSync(file, 'utf8'));
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
if (before) compare(before, now);
else if (file) writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
else console.log(JSON.stringify(now, null, 2));
