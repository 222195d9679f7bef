import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const inProject = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const biome = inProject('node_modules/@biomejs/biome/bin/biome');

const forbidden: Readonly<Record<string, readonly string[]>> = {
  'lib/protocol/new.ts': ['@/lib/server/config', '../i18n/quantity', 'next/server', 'react', 'recharts'],
  'lib/i18n/new.ts': [
    '@/lib/protocol/payloads',
    '../protocol/payloads',
    '../../components/ui/panel',
    'recharts',
  ],
  'lib/health/new.ts': ['@/lib/client/store/store', '../client/store/store', '@/lib/server/config', 'react'],
  'lib/charts/new.ts': [
    '@/lib/client/store/timeline',
    '../client/store/timeline',
    '@/components/charts/frame',
    'react',
    'recharts',
  ],
  'lib/client/store/new.ts': ['@/lib/server/config', '../../server/config', '@/components/ui/panel', 'react'],
  'lib/client/react/new.ts': ['@/lib/i18n/quantity', '@/app/page', 'recharts', 'systeminformation'],
  'lib/client/inspector/new.ts': ['@/lib/server/runtime', 'react-dom', 'recharts'],
  'lib/export-player/new.ts': ['@/lib/client/store/store', '../server/config', 'react', 'recharts'],
  'lib/server/new.ts': [
    '@/lib/client/store/store',
    '@/components/ui/panel',
    '../client/store/store',
    'react',
  ],
  'lib/server/auth/new.ts': [
    '@/lib/server/running',
    '@/lib/server/alerting/alerts',
    '../alerting/alerts',
    'next',
  ],
  'lib/server/scheduler/new.ts': ['@/lib/server/collectors/host', '../collectors/host', 'systeminformation'],
  'lib/server/streaming/new.ts': [
    '@/lib/server/event-log/window',
    '../event-log/window',
    '../pipeline',
    'recharts',
  ],
  'lib/server/event-log/new.ts': ['@/lib/server/collectors/host', '../streaming/feed', 'systeminformation'],
  'lib/server/alerting/new/new.ts': [
    '@/lib/server/timeseries/history',
    '../../timeseries/history',
    '../../../health/thresholds',
    'react',
  ],
  'lib/server/ingest/new.ts': ['@/lib/server/runtime', '@/lib/server/event-log/window', 'next/server'],
  'lib/server/replay/new.ts': ['@/lib/server/timeseries/history', '@/lib/server/storage/fault', 'react'],
  'lib/server/export/new.ts': ['@/lib/server/timeseries/history', '@/lib/server/running', 'next-intl'],
  'lib/server/demo-host/new.ts': ['@/lib/server/streaming/feed', 'systeminformation'],
  'lib/server/collectors/linux/cpu/new.ts': [
    '@/lib/server/streaming/feed',
    '../../../streaming/feed',
    '@/lib/server/config',
    'next',
  ],
  'lib/server/http/handlers/new.ts': [
    '@/lib/client/store/store',
    '@/components/ui/panel',
    'react',
    'recharts',
  ],
  'components/ui/new.tsx': [
    '@/lib/server/config',
    '../../lib/server/config',
    '@/app/page',
    '../charts/time-view',
    '@/components/alerts/bell',
    'recharts',
  ],
  'components/alerts/pages/new.tsx': ['@/components/dashboard/tiles', '../../dashboard/tiles', 'recharts'],
  'components/charts/new.tsx': [
    '@/lib/server/running',
    '../../lib/server/running',
    '../dashboard/tiles',
    'systeminformation',
  ],
  'app/new.tsx': ['@/lib/server/collectors/host', '../lib/server/config', 'recharts', 'systeminformation'],
  'app/api/new/route.ts': [
    '@/lib/server/event-log/window',
    '@/lib/server/streaming/feed',
    '@/lib/server/alerting/silences',
    '@/lib/server/pipeline',
    '@/lib/server/runtime',
    '../events/route',
  ],
  'proxy.ts': ['@/lib/server/collectors/host', './lib/server/config'],
};

const allowed: Readonly<Record<string, readonly string[]>> = {
  'lib/protocol/new.ts': ['./payloads', 'zod'],
  'lib/i18n/new.ts': ['./locales', 'next-intl'],
  'lib/charts/new.ts': ['@/lib/protocol/event-types', './outline'],
  'lib/health/new.ts': ['@/lib/protocol/payloads', './finding'],
  'lib/client/store/new.ts': [
    '@/lib/protocol/payloads',
    '@/lib/health/firing',
    '../transport/frame',
    './store',
  ],
  'lib/client/react/new.tsx': ['../store/store', 'react'],
  'lib/export-player/new.ts': [
    '@/lib/i18n/quantity',
    '@/lib/protocol/history',
    '@/lib/charts/time-axis',
    './plot',
  ],
  'lib/server/new.ts': ['./streaming/feed', '@/lib/server/collectors/host', '../../package.json'],
  'lib/server/alerting/new.ts': [
    '@/lib/protocol/payloads',
    '@/lib/health/thresholds',
    '@/lib/server/event-log/event-log',
    '@/lib/server/storage/database',
    './evaluate',
  ],
  'lib/server/collectors/linux/cpu/new.ts': [
    '@/lib/protocol/payloads',
    '../../host',
    './stat',
    'systeminformation',
  ],
  'lib/server/replay/new.ts': ['@/lib/server/streaming/encode', './position'],
  'lib/server/http/handlers/new.ts': [
    '@/lib/server/timeseries/history',
    '@/lib/i18n/locales',
    '../request-body',
  ],
  'components/ui/new.tsx': ['@/lib/client/react/hooks', '@/lib/i18n/quantity', './panel', 'react'],
  'components/charts/new.tsx': ['recharts', '../ui/panel', '@/lib/charts/series'],
  'components/dashboard/new.tsx': ['./tiles', '../panels/cpu', '../time-range/time-frame', '../ui/panel'],
  'app/api/new/route.ts': [
    '@/lib/server/running',
    '@/lib/server/http/handlers/history',
    './helper',
    'next/headers',
  ],
  'instrumentation.ts': ['@/lib/server/http/peer', '@/lib/server/runtime', '@/lib/server/signals'],
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

test('rooms of components import one another in one direction', () => {
  const files = execFileSync('git', ['ls-files', 'components'], { encoding: 'utf8' }).split('\n');
  const imported = new Map<string, Set<string>>();
  const roomOf = (path: string) => /^components\/([^/]+)\//.exec(path)?.[1];
  for (const file of files.filter((name) => /\.tsx?$/.test(name))) {
    const room = roomOf(file) ?? '';
    const rooms = imported.get(room) ?? new Set();
    for (const [, , from = ''] of readFileSync(inProject(file), 'utf8').matchAll(
      /(from|import\() ?'([^']+)'/g,
    )) {
      const other = roomOf(
        posix.join(from.startsWith('@/') ? '' : posix.dirname(file), from.replace('@/', '')),
      );
      if (other && other !== room) rooms.add(other);
    }
    imported.set(room, rooms);
  }
  const reaches = (from: string, seen = new Set<string>()): Set<string> => {
    for (const next of imported.get(from) ?? []) if (!seen.has(next)) reaches(next, seen.add(next));
    return seen;
  };
  expect([...imported.keys()].filter((room) => reaches(room).has(room))).toEqual([]);
});
