/** A set of listeners. `subscribe` is bound, and returns the function that unsubscribes. */
export class Subscribable<Args extends readonly unknown[] = []> {
  readonly #listeners = new Set<(...args: Args) => void>();

  readonly subscribe = (listener: (...args: Args) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** Listeners that are added meanwhile are not called, and those that are removed no longer. */
  notify(...args: Args): void {
    for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(...args);
  }
}
