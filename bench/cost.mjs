/**
 * The CPU time that `work` takes in this process, in ms: the least of `runs`, since whatever else happens only adds.
 * Tests compare two of these from one run and never one with a limit, which would hang on the machine.
 * @param {() => unknown} work synchronous, or a promise that is waited for
 */
export async function leastCpuMs(work, runs = 7) {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < runs; run += 1) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
