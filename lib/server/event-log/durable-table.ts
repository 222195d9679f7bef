import type Database from 'libsql';
import { decoded, readableRows, textOf } from '@/lib/server/storage/unreadable';
import type { SeqRange } from './batch-table';
import type { DurableByTime, LoggedEvent } from './event-log';
import { fairShare } from './fair-share';

/** Text as bytes: a damaged row need not be UTF-8. */
const columns = 'seq, CAST(type AS BLOB) AS type, CAST(host AS BLOB) AS host, t, CAST(json AS BLOB) AS json';

interface DurableRow {
  readonly seq: number;
  readonly t: number;
  readonly type: ArrayBuffer;
  readonly host: ArrayBuffer;
  readonly json: ArrayBuffer;
}

/** Throws `UnreadableError`, also for a payload that is not JSON: clients could not parse it. */
function eventOf({ seq, t, type, host, json }: DurableRow): LoggedEvent {
  const text = textOf(json);
  decoded(() => JSON.parse(text));
  return { seq, type: textOf(type), host: textOf(host), t, json: text };
}

/** Durable events on disk, a row each. Methods throw what SQLite throws; writes run in the caller's transaction. */
export class DurableTable {
  readonly #db: Database.Database;
  readonly #unreadable: Map<number, SeqRange>;
  readonly #insert: Database.Statement;
  readonly #after: Database.Statement;
  readonly #before: Database.Statement;
  readonly #byTime: Database.Statement;
  readonly #count: Database.Statement;

  /** Rows that cannot be decoded are noted in `unreadable`, by seq. */
  constructor(db: Database.Database, unreadable: Map<number, SeqRange>) {
    this.#db = db;
    this.#unreadable = unreadable;
    this.#insert = db.prepare(
      'INSERT INTO lasting (seq, type, host, t, json, publisher) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#after = db.prepare(
      `SELECT ${columns} FROM lasting WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
    );
    this.#before = db.prepare(
      `SELECT ${columns} FROM lasting WHERE seq < ? AND seq > ? ORDER BY seq DESC LIMIT ?`,
    );
    this.#byTime = db.prepare(
      `SELECT ${columns} FROM lasting
        WHERE t >= ? AND t < ? AND (t > ? OR seq > ?) AND seq >= ? AND seq < ? ORDER BY t, seq LIMIT ?`,
    );
    this.#count = db.prepare('SELECT count(*) AS n FROM lasting WHERE seq > ? AND seq <= ?');
  }

  write(events: readonly LoggedEvent[]): void {
    for (const { seq, type, host, t, json, publisher = '' } of events)
      this.#insert.run(seq, type, host, t, json, publisher);
  }

  read(afterSeq: number, toSeq: number, limit: number): LoggedEvent[] {
    return this.#readRows(limit, (last, most) => this.#after.all(last?.seq ?? afterSeq, toSeq, most));
  }

  /** The newest first. */
  readBefore(beforeSeq: number, afterSeq: number, limit: number): LoggedEvent[] {
    return this.#readRows(limit, (last, most) => this.#before.all(last?.seq ?? beforeSeq, afterSeq, most));
  }

  readByTime({ after, toT, fromSeq, toSeq, limit }: DurableByTime): LoggedEvent[] {
    return this.#readRows(limit, (last, most) => {
      const { t, seq } = last ?? after;
      return this.#byTime.all(t, toT, t, seq, fromSeq, toSeq, most);
    });
  }

  count(afterSeq: number, toSeq: number): number {
    return (this.#count.get(afterSeq, toSeq) as { n: number }).n;
  }

  /** Unix ms and rising: the first event of each half hour in which there is any. */
  times(): number[] {
    const rows = this.#db
      .prepare(
        `WITH RECURSIVE times (t) AS (
           SELECT min(t) FROM lasting
           UNION ALL
           SELECT (SELECT min(t) FROM lasting WHERE t >= times.t + 1800000) FROM times WHERE times.t IS NOT NULL
         ) SELECT t FROM times WHERE t IS NOT NULL`,
      )
      .all() as { t: number }[];
    return rows.map(({ t }) => t);
  }

  /** Deletes events before `beforeT` (Unix ms), and the oldest beyond the given counts; publishers share theirs fairly. */
  prune(beforeT: number, maxOwn: number, maxPublished: number): void {
    this.#db.prepare('DELETE FROM lasting WHERE t < ?').run(beforeT);
    this.#keepNewest('', maxOwn);
    for (const [publisher, most] of fairShare(this.#countByPublisher(), maxPublished))
      this.#keepNewest(publisher, most);
  }

  /** Deletes one in `parts` of Hostbeat's own events, or of the publisher that has most: the oldest. */
  deleteOldest(of: 'own' | 'published', parts: number): void {
    const [most] = [...this.#countByPublisher()].sort(([, one], [, other]) => other - one);
    const own = () =>
      (this.#db.prepare("SELECT count(*) AS n FROM lasting WHERE publisher = ''").get() as { n: number }).n;
    const [publisher, count] = of === 'own' ? ['', own()] : (most ?? ['', 0]);
    this.#db
      .prepare(
        'DELETE FROM lasting WHERE seq IN (SELECT seq FROM lasting WHERE publisher = ? ORDER BY seq LIMIT ?)',
      )
      .run(publisher, Math.ceil(count / parts));
  }

  /** Published events only. */
  #countByPublisher(): Map<string, number> {
    const rows = this.#db
      .prepare(
        "SELECT CAST(publisher AS BLOB) AS publisher, count(*) AS n FROM lasting WHERE publisher <> '' GROUP BY lasting.publisher",
      )
      .all() as { publisher: ArrayBuffer; n: number }[];
    return new Map(rows.map(({ publisher, n }) => [Buffer.from(publisher).toString(), n]));
  }

  #keepNewest(publisher: string, most: number): void {
    const of = publisher === '' ? "publisher = ''" : "publisher = ? AND publisher <> ''";
    const given = publisher === '' ? [] : [publisher];
    this.#db
      .prepare(
        `DELETE FROM lasting WHERE ${of} AND seq <= (
          SELECT seq FROM lasting WHERE ${of} ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
      )
      .run(...given, ...given, most);
  }

  /** Readable rows: while there are fewer than `limit`, `query` gets more after the last one. */
  #readRows(limit: number, query: (last: DurableRow | null, most: number) => unknown[]): LoggedEvent[] {
    const events: LoggedEvent[] = [];
    for (let last: DurableRow | null = null; events.length < limit; ) {
      const most = limit - events.length;
      const rows = query(last, most) as DurableRow[];
      const found = readableRows(rows, eventOf, ({ seq }) =>
        this.#unreadable.set(seq, { fromSeq: seq, toSeq: seq }),
      );
      events.push(...found);
      last = rows.at(-1) ?? null;
      if (rows.length < most) break;
    }
    return events;
  }
}
