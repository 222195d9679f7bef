/** The feed can be asked for each type as long as an event of it is kept. */
export const typesMax = 1_000;
export const typesPerPublisherMax = 200;

/** A type, and the first address that published it; `''` where that is not known. */
export interface CustomType {
  readonly name: string;
  readonly publisher: string;
}

/** Custom event types by name, and the first publisher of each; bounded in all and per publisher. */
export class CustomTypes {
  readonly names = new Set<string>();
  readonly #publishers = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  *[Symbol.iterator](): Generator<CustomType> {
    for (const [name, publisher] of this.#publishers) yield { name, publisher };
  }

  /** Whether it is new. Does not check `room`: types that the log holds already are added in any case. */
  add(name: string, publisher: string): boolean {
    if (this.names.has(name)) return false;
    this.names.add(name);
    this.#publishers.set(name, publisher);
    this.#counts.set(publisher, (this.#counts.get(publisher) ?? 0) + 1);
    return true;
  }

  forget(name: string): void {
    const publisher = this.#publishers.get(name);
    if (publisher === undefined) return;
    const left = (this.#counts.get(publisher) ?? 0) - 1;
    if (left > 0) this.#counts.set(publisher, left);
    else this.#counts.delete(publisher);
    this.#publishers.delete(name);
    this.names.delete(name);
  }

  /** How many more there is room for, of one publisher. */
  room(publisher: string): number {
    const own = typesPerPublisherMax - (this.#counts.get(publisher) ?? 0);
    return Math.max(0, Math.min(own, typesMax - this.names.size));
  }
}
