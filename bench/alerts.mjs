import { main } from '../scripts/project.mjs';
import { compile, load } from './compiled.mjs';
import { machine, median, table } from './server.mjs';

const ruleCount = 1_000;
const seconds = 120;
const goalMs = 5;

/** What evaluation costs: the median second of two minutes, CPU time, of a server with a hundred things to measure. */
await main(async () => {
  const { costCases, evaluationMs } = load(
    await compile('lib/testing/alerting-cost'),
    'lib/testing/alerting-cost',
  );
  console.log(`Evaluation of alerts (${machine()})\n`);
  const rows = costCases.map((kind) => {
    evaluationMs(kind, ruleCount, 30);
    const ms = median(evaluationMs(kind, ruleCount, seconds));
    if (ms > goalMs) process.exitCode = 1;
    return [`1,000 rules ${kind.name}`, `${ms.toFixed(2)} ms a second`, `${goalMs} ms`];
  });
  console.log(table(['what', 'measured', 'goal'], rows));
});
