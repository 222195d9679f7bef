import { unitOfMetric } from '@/lib/protocol/metrics';
import { type Clock, systemClock } from '@/lib/server/concurrency/clock';
import type { MetricRow } from './history-store';

/** Names of containers and interfaces come and go; beyond this many of a kind, new ones need room. 10 MiB of memory. */
const ownMax = 2_000;
/** What programs publish has room of its own, so that it takes none of the host's. */
const publishedMax = 1_000;
const perPublisherMax = 500;
/** A name gives its room to another of its publisher when it has had no value for so long. */
const silentMs = 3_600_000;
/** Looking through all names for each that has no room would hold others up. */
const lookAgainMs = 1_000;

/** What has room, and what was left out within the last hour for want of it. */
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
 * The metrics that history has numbers for, at most so many of the host's own and of each publisher. Where there is no
 * room, the name that has been silent longest goes: of the same publisher, or of the one that has the most.
 */
export class MetricNames {
  readonly #byName = new Map<string, Entry>();
  readonly #ids = new Set<number>();
  readonly #counts = new Map<string, number>();
  /** Names that had no room, and when that was; as many as could have had. */
  readonly #refused = { own: new Map<string, number>(), published: new Map<string, number>() };
  readonly #clock: Clock;
  /** By publisher: until then it is not looked again whether a name can go. */
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

  /** Rows that are to be written: new ones, and those whose publisher has turned out to be another. */
  get changed(): readonly MetricRow[] {
    return [...this.#changed.values()];
  }

  /** Numbers whose names were forgotten; they are not given out again. */
  get gone(): readonly number[] {
    return this.#gone;
  }

  /** Forgets all and takes what is stored; numbers go on behind `lastNumber`. */
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

  /** All are to be written: into a database that may have none of them. */
  markAll(): void {
    for (const { row } of this.#byName.values()) this.#changed.set(row.id, row);
  }

  /** All that was changed is written. */
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

  /** All, by name. */
  rows(): readonly MetricRow[] {
    this.#sorted ??= [...this.#byName.values()]
      .map(({ row }) => row)
      .sort((one, other) => collator.compare(one.name, other.name));
    return this.#sorted;
  }

  /** The number of a metric that has a value now; `null` when there is no room for it. `publisher` is empty for our own. */
  numberOf(host: string, name: string, publisher: string): number | null {
    const known = this.#byName.get(keyOf(host, name));
    if (known) {
      known.seenAtMs = this.#clock.monotonicMs();
      // The host's own, whoever published it before.
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

  /** What is asked for no more is no fault any more. */
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
    // Whoever has the most gives, to one that has less.
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
      this.#fullUntilMs.set(publisher, now + lookAgainMs);
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
