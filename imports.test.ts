import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const inProject = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const biome = inProject('node_modules/@biomejs/biome/bin/biome');

const forbidden: Readonly<Record<string, readonly string[]>> = {
  'lib/new.ts': ['@/components/ui/panel', '../components/ui/panel', 'react', 'recharts', 'systeminformation'],
  'lib/events/new.ts': ['@/lib/host/host', '../host/host', '../config', 'next/server', 'react', 'recharts'],
  'lib/i18n/new.ts': ['@/lib/events/payloads', '../events/payloads', '../../components/ui/panel', 'recharts'],
  'lib/host/new.ts': ['@/lib/sse/feed', '../sse/feed', '../config', '../../proxy', 'react', 'recharts'],
  'lib/host/linux/new.ts': ['@/lib/sse/feed', '../../sse/feed', '../../config', '../../../proxy', 'next'],
  'lib/sampler/new.ts': ['@/lib/host/host', '../host/host', '../runtime', 'systeminformation'],
  'lib/log/new.ts': ['@/lib/host/host', '../sse/feed', '../runtime', 'systeminformation'],
  'lib/sse/new.ts': ['@/lib/log/window', '../log/window', '../pipeline', 'react-dom', 'recharts/es6'],
  'lib/auth/new.ts': ['@/lib/running', '../running', '../../app/layout', 'next/headers', 'systeminformation'],
  'lib/alerts/new/new.ts': ['@/lib/history/store', '../../history/store', '../../config', 'react'],
  'lib/replay/new.ts': ['@/lib/history/history', '../log/disk', '../running', '@/lib/sqlite/fault', 'react'],
  'lib/publishing/new.ts': ['@/lib/log/disk', '../log/disk', '../publish', 'next/server'],
  'lib/inspect/new.ts': ['@/lib/live/store', '../live/store', '../config', 'react', 'recharts'],
  'lib/export/new.ts': ['@/lib/history/history', '../history/history', '../running', 'next-intl'],
  'lib/export/page/new.ts': ['@/lib/live/store', '../../running', 'react', 'recharts'],
  'lib/live/new.ts': ['@/lib/i18n/quantity', '../i18n/quantity', '../config', '../../components/ui/panel'],
  'components/ui/new.tsx': [
    '@/lib/host/host',
    '../../lib/host/host',
    '../../app/page',
    '@/app/page',
    'recharts',
  ],
  'components/charts/new.tsx': ['@/lib/running', '../../lib/running', '../../proxy', 'systeminformation'],
  'components/new.tsx': ['../lib/host/host', '../app/page', '@/proxy'],
  'app/new.tsx': ['@/lib/host/host', '../lib/host/host', 'recharts', 'systeminformation'],
  'app/api/new/route.ts': ['@/lib/log/window', '../../../lib/sampler/sampler', '../events/route'],
  'proxy.ts': ['@/lib/host/host', './lib/host/host'],
};

const allowed: Readonly<Record<string, readonly string[]>> = {
  'lib/new.ts': ['./sse/feed', '@/lib/host/host', '../package.json'],
  'lib/events/new.ts': ['./payloads', 'zod'],
  'lib/i18n/new.ts': ['./locales', 'next-intl'],
  'lib/host/new.ts': ['@/lib/events/payloads', './linux/stat', 'systeminformation'],
  'lib/host/linux/new.ts': ['@/lib/events/payloads', '../host', './stat'],
  'lib/replay/new.ts': ['@/lib/events/payloads', '@/lib/sse/encode', './pacer'],
  'lib/export/page/new.ts': ['@/lib/i18n/quantity', '@/lib/events/history', '../moment', './plot'],
  'lib/live/new.tsx': ['@/lib/events/payloads', './store', 'react'],
  'components/ui/new.tsx': [
    '@/lib/live/hooks',
    '@/lib/inspect/session',
    '@/lib/i18n/quantity',
    '../charts/series',
    './panel',
    'react',
  ],
  'components/charts/new.tsx': ['recharts', '../ui/panel'],
  'app/api/new/route.ts': ['@/lib/running', '@/components/ui/panel', './helper', 'next/headers'],
};

/** Of each path, the modules that Biome will not have it import. All rooms in one run: each run is a process. */
const refused = new Map<string, Set<string>>();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hostbeat-'));
  const rules = JSON.parse(readFileSync(inProject('biome.json'), 'utf8'));
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...rules, vcs: { enabled: false } }));
  const lines = new Map<string, string[]>();
  for (const [path, modules] of [...Object.entries(forbidden), ...Object.entries(allowed)])
    lines.set(path, [...(lines.get(path) ?? []), ...modules]);
  for (const [path, modules] of lines) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), modules.map((module) => `import '${module}';\n`).join(''));
  }
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  for (const { category, location } of JSON.parse(stdout).diagnostics) {
    if (category !== 'lint/style/noRestrictedImports') continue;
    const module = lines.get(location.path)?.[location.start.line - 1] ?? '';
    refused.set(location.path, (refused.get(location.path) ?? new Set()).add(module));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(Object.entries(forbidden))('%s may not import from outside its walls', (path, modules) => {
  expect([...(refused.get(path) ?? [])]).toEqual(expect.arrayContaining([...modules]));
});

test.each(Object.entries(allowed))('%s may import what it needs', (path, modules) => {
  expect(modules.filter((module) => refused.get(path)?.has(module))).toEqual([]);
});
