import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * A process that makes a past on disk and ends, since a log that is closed stays locked until its process has ended:
 * `node replay-past.child.mjs COMPILED DATA_DIR START STEPS`, with steps as JSON: `[["measure", 0, 120], ["forget"]]`.
 */
const [compiled = '', dataDir = '', start = '', steps = ''] = process.argv.slice(2);
const { makePast } = createRequire(join(compiled, 'package.json'))(join(compiled, 'lib/testing/replay-past'));

const past = await makePast(dataDir, Number(start));
for (const [step, ...args] of JSON.parse(steps)) await past[step](...args);
await past.close();
