import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Records a history on disk in a process of its own, since a closed log stays locked until its process has ended:
 * `node recorded-history.child.mjs COMPILED DATA_DIR START STEPS`, with steps as JSON: `[["measure", 0, 120], ["forget"]]`.
 */
const [compiled = '', dataDir = '', start = '', steps = ''] = process.argv.slice(2);
const { makeRecordedHistory } = createRequire(join(compiled, 'package.json'))(
  join(compiled, 'lib/testing/recorded-history'),
);

const history = await makeRecordedHistory(dataDir, Number(start));
for (const [step, ...args] of JSON.parse(steps)) await history[step](...args);
await history.close();
