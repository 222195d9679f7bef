/**
 * Called between small parts of a long piece of work: resolves at once while the turn's time lasts, otherwise in a later
 * turn of the event loop. Rejects once nobody waits for the work any more.
 */
export type Pause = () => Promise<void>;

/** Long work that may be interrupted wherever it yields. */
export type Work<T> = Generator<void, T>;

/** Does the work with a pause wherever it yields. */
export async function inTurns<T>(work: Work<T>, pause: Pause): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await pause();
  }
}

/** Does the work without any pause. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}
