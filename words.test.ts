import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** Private words that stood in the code, and the field's words for the same. */
const replaced: Readonly<Record<string, string>> = {
  courier: 'delivery worker',
  mender: 'gap repair',
  vigil: 'clock monitor',
  verdict: 'health summary',
  evidence: 'inputs',
  happening: 'annotation',
  pacer: 'playback clock',
  afoot: 'individual',
  alight: 'leave',
  diary: 'store',
  standing: 'alert instance',
  ladder: 'retention tiers',
  deck: 'player controls',
  torn: 'after a gap',
  rung: 'retention tier',
  keeper: 'store',
  seat: 'client',
  rider: 'member',
  presence: 'gap detector',
  withheld: 'muted',
  lane: 'annotation track, schedule',
  invented: 'custom type',
  hole: 'gap',
  heard: 'received',
  hear: 'receive',
  desk: 'alert sync',
  judge: 'check, assess',
};

/** The same for the rooms of the log, history, the feed, replay, publishing and the databases. */
const replacedInDataRooms: Readonly<Record<string, string>> = {
  told: 'reported, sent',
  news: 'events',
};
const isInDataRoom = (file: string) =>
  /^lib\/server\/(?:event-log|ingest|replay|storage|streaming|timeseries)\//.test(file);

/** Where a word has to stay: stored, sent, or a key that others have; each with why. */
const kept: Readonly<Record<string, readonly string[]>> = {
  // A stored field, and a machine that stands still.
  standing: ['lib/server/alerting/snapshot.ts', 'bench/charts.mjs', 'docs/benchmarks.md'],
  // A stored field.
  withheld: ['lib/server/notifications/notification-tables.ts'],
  // Stored names of tables.
  hole: ['event-store.ts', 'migrations.ts', 'migrations.test.ts'].map(
    (file) => `lib/server/event-log/${file}`,
  ),
  invented: [
    'lib/server/event-log/event-store.ts',
    'lib/server/event-log/migrations.ts',
    'lib/server/storage/unreadable-rows.test.ts',
    // Logins that did not happen.
    'lib/server/collectors/linux/logins/login-source.test.ts',
  ],
};

const files = execFileSync(
  'git',
  ['ls-files', 'app', 'bench', 'components', 'docs', 'e2e', 'lib', 'scripts', '*.md'],
  {
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => /\.(ts|tsx|mts|mjs|cjs|css|md)$/.test(file))
  .filter((file) => !file.startsWith('docs/decisions/') && file !== 'CHANGELOG.md');

/** A word inside `camelCase`, `kebab-case` or prose, in the singular or with an ending. */
const pattern = (word: string) => new RegExp(`(?<![a-z])${word}(?:s|ed|ing)?(?![a-z])`, 'gi');

/** The files with a word in their name or text, except where it has to stay. */
function filesWith(word: string): string[] {
  return files.filter(
    (file) =>
      !(kept[word] ?? []).includes(file) &&
      (pattern(word).test(file) || readFileSync(file, 'utf8').search(pattern(word)) >= 0),
  );
}

test.each(Object.entries(replaced))('nothing is called a %s: it is a %s', (word) => {
  expect(filesWith(word)).toEqual([]);
});

test.each(Object.entries(replacedInDataRooms))('no data room says %s for: %s', (word) => {
  expect(filesWith(word).filter(isInDataRoom)).toEqual([]);
});
