import { unitOfMetric } from '@/lib/protocol/metrics';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { MetricRow } from './history-store';

/** Names of containers and interfaces come and go: beyond so many, a new name takes the place of another. 10 MiB. */
const ownMax = 2_000;
/** Published metrics have a bound of their own, so that they cannot displace the host's. */
const publishedMax = 1_000;
const perPublisherMax = 500;
/** A name without a value for so long may be replaced by a new one of its publisher. */
const silentMs = 3_600_000;
/** After a search without a result, the next one waits so long: it goes through all names. */
const searchAgainMs = 1_000;

/** How many names are in use, and how many were refused within the last hour. */
export interface NamesUse {
  readonly own: number;
  readonly ownMax: number;
  readonly ownRefused: number;
  readonly published: number;
  readonly publishedMax: number;
  readonly publishedRefused: number;
}

interface Entry {
  row: MetricRow;
  seenAtMs: number;
}

const keyOf = (host: string, name: string) => `${host}\n${name}`;

/**
 * The metrics that history has numbers for, at most so many of the host's own and of each publisher. Beyond that, the name
 * that has been silent longest is replaced: of the same publisher, or of the one that has most.
 */
export class MetricNames {
  readonly #byName = new Map<string, Entry>();
  readonly #ids = new Set<number>();
  readonly #counts = new Map<string, number>();
  /** Refused names, and when that was: monotonic. */
  readonly #refused = { own: new Map<string, number>(), published: new Map<string, number>() };
  readonly #clock: Clock;
  /** By publisher: no search for a name to replace before this time. Monotonic. */
  readonly #fullUntilMs = new Map<string, number>();
  #nextId = 1;
  #changed = new Map<number, MetricRow>();
  #gone: number[] = [];
  #sorted: readonly MetricRow[] | null = null;

  constructor(clock = systemClock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#byName.size;
  }

  /** Rows to write: new ones, and those whose publisher has changed. */
  get changed(): readonly MetricRow[] {
    return [...this.#changed.values()];
  }

  /** Numbers of forgotten names; they are not used again. */
  get gone(): readonly number[] {
    return this.#gone;
  }

  /** Replaces all by the stored rows; numbers continue after `lastNumber`. */
  reset(rows: readonly MetricRow[], lastNumber = 0): void {
    this.#byName.clear();
    this.#ids.clear();
    this.#counts.clear();
    this.#changed.clear();
    this.#gone = [];
    this.#sorted = null;
    this.#nextId = 1;
    for (const row of rows) this.#put(row);
    this.#nextId = Math.max(this.#nextId, lastNumber + 1);
  }

  /** All rows are to be written, to a database that may have none of them. */
  markAll(): void {
    for (const { row } of this.#byName.values()) this.#changed.set(row.id, row);
  }

  /** All changes have been written. */
  settled(): void {
    this.#changed.clear();
    this.#gone = [];
  }

  get(host: string, name: string): MetricRow | undefined {
    return this.#byName.get(keyOf(host, name))?.row;
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  /** All, in the order of names. */
  rows(): readonly MetricRow[] {
    this.#sorted ??= [...this.#byName.values()]
      .map(({ row }) => row)
      .sort((one, other) => collator.compare(one.name, other.name));
    return this.#sorted;
  }

  /** The number of a metric that has a value now; `null` when it is refused. `publisher` is empty for the host's own. */
  numberOf(host: string, name: string, publisher: string): number | null {
    const known = this.#byName.get(keyOf(host, name));
    if (known) {
      known.seenAtMs = this.#clock.monotonicMs();
      // The host measures it itself, though a program has published it before.
      if (publisher === '' && known.row.publisher !== '') this.#change(known, { ...known.row, publisher });
      return known.row.id;
    }
    if (!this.#makeRoom(publisher)) {
      const refused = publisher === '' ? this.#refused.own : this.#refused.published;
      refused.delete(keyOf(host, name));
      if (refused.size < ownMax) refused.set(keyOf(host, name), this.#clock.monotonicMs());
      return null;
    }
    this.#refused.own.delete(keyOf(host, name));
    this.#refused.published.delete(keyOf(host, name));
    const row = { id: this.#nextId, host, name, unit: unitOfMetric(name), publisher };
    this.#put(row);
    this.#changed.set(row.id, row);
    return row.id;
  }

  use(): NamesUse {
    const own = this.#countOf('');
    return {
      own,
      ownMax,
      ownRefused: this.#refusedLately('own'),
      published: this.size - own,
      publishedMax,
      publishedRefused: this.#refusedLately('published'),
    };
  }

  /** Without names that have not been refused again for an hour. */
  #refusedLately(kind: 'own' | 'published'): number {
    const since = this.#clock.monotonicMs() - silentMs;
    for (const [key, atMs] of this.#refused[kind]) if (atMs < since) this.#refused[kind].delete(key);
    return this.#refused[kind].size;
  }

  #countOf(publisher: string): number {
    return this.#counts.get(publisher) ?? 0;
  }

  #put(row: MetricRow): void {
    this.#byName.set(keyOf(row.host, row.name), { row, seenAtMs: this.#clock.monotonicMs() });
    this.#ids.add(row.id);
    this.#counts.set(row.publisher, this.#countOf(row.publisher) + 1);
    this.#nextId = Math.max(this.#nextId, row.id + 1);
    this.#sorted = null;
  }

  #change(entry: Entry, row: MetricRow): void {
    this.#counts.set(entry.row.publisher, this.#countOf(entry.row.publisher) - 1);
    this.#counts.set(row.publisher, this.#countOf(row.publisher) + 1);
    entry.row = row;
    this.#changed.set(row.id, row);
    this.#sorted = null;
  }

  #makeRoom(publisher: string): boolean {
    const count = this.#countOf(publisher);
    if (publisher === '') return count < ownMax || this.#forgetOne('', silentMs);
    if (count >= perPublisherMax) return this.#forgetOne(publisher, silentMs);
    if (this.size - this.#countOf('') < publishedMax) return true;
    const others = [...this.#counts].filter(([name]) => name !== '');
    const [largest, most] = others.reduce((one, other) => (other[1] > one[1] ? other : one));
    // The publisher that has most loses a name to one that has less.
    return most > count + 1 ? this.#forgetOne(largest, 0) : this.#forgetOne(publisher, silentMs);
  }

  #forgetOne(publisher: string, leastSilentMs: number): boolean {
    const now = this.#clock.monotonicMs();
    if (leastSilentMs > 0 && now < (this.#fullUntilMs.get(publisher) ?? 0)) return false;
    const until = now - leastSilentMs;
    let quietest: Entry | null = null;
    for (const entry of this.#byName.values()) {
      if (entry.row.publisher !== publisher || entry.seenAtMs > until) continue;
      if (!quietest || entry.seenAtMs < quietest.seenAtMs) quietest = entry;
    }
    if (!quietest) {
      if (this.#fullUntilMs.size >= publishedMax) this.#fullUntilMs.clear();
      this.#fullUntilMs.set(publisher, now + searchAgainMs);
      return false;
    }
    const { id, host, name } = quietest.row;
    this.#byName.delete(keyOf(host, name));
    this.#ids.delete(id);
    this.#counts.set(publisher, this.#countOf(publisher) - 1);
    this.#fullUntilMs.delete(publisher);
    if (this.#countOf(publisher) === 0) this.#counts.delete(publisher);
    if (!this.#changed.delete(id)) this.#gone.push(id);
    this.#sorted = null;
    return true;
  }
}

const collator = new Intl.Collator('en', { numeric: true });
