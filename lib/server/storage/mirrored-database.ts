import { systemClock } from '@/lib/server/concurrency/clock';
import type { Tables } from './connection';
import { keepCopy } from './set-aside';
import { SupervisedDatabase, type SupervisedOptions } from './supervised-database';

export interface MirroredOptions<T extends Tables, Content> extends Omit<SupervisedOptions<T>, 'adopt'> {
  /** What the database holds, without the rows that cannot be read, and how many those are. Throws what SQLite throws. */
  readonly read: (tables: T) => Content & { readonly unreadable: number };
  /** Takes over what the database holds, once it can be read. Whether it lacks something that memory has. */
  readonly adopt: (content: Content) => boolean;
}

/**
 * A supervised database whose whole content is in memory as well: it is read once and from then on written only. Before
 * it is written without rows that cannot be read, a copy of it is kept.
 */
export class MirroredDatabase<T extends Tables, Content> {
  readonly #database: SupervisedDatabase<T>;
  #unreadable: readonly string[] = [];

  constructor({ read, adopt, ...options }: MirroredOptions<T, Content>) {
    const { path, clock = systemClock } = options;
    this.#database = new SupervisedDatabase<T>({
      ...options,
      adopt: (tables) => {
        const { unreadable, ...content } = read(tables);
        if (unreadable > 0) {
          const copy = keepCopy(path, new Date(clock.wallMs()), (to) => tables.snapshot(to));
          const line = `${unreadable} of what ${path} held cannot be read and was left out; it is in ${copy}`;
          this.#unreadable = [line];
        }
        const isLacking = adopt(content as Content);
        return isLacking || unreadable > 0;
      },
    });
  }

  /** What is wrong, with the file's name and the cause; `null` when nothing is. */
  get problem(): string | null {
    return this.#database.problem;
  }

  /** What was lost at the start, a line each. */
  get defects(): readonly string[] {
    const { loss } = this.#database;
    return loss === null ? this.#unreadable : [...this.#unreadable, loss];
  }

  /** What was lost is there again, or is not missed. */
  forgetLoss(): void {
    this.#unreadable = [];
    this.#database.forgetLoss();
  }

  /** The next write is preceded by `refresh`. */
  markBehind(): void {
    this.#database.markBehind();
  }

  /** Whether it was written. What was not is written by `refresh` as soon as anything can be. */
  write(work: (tables: T) => void): boolean {
    return this.#database.write(work);
  }

  /** The same for a user's change, which is in the database file itself after `true`. May run `work` twice. */
  change(work: (tables: T) => void): boolean {
    return this.#database.change(work);
  }

  /** Checks the files for losses and tries to repair faults. Whether the database works. */
  heal(): boolean {
    return this.#database.heal();
  }

  close(): void {
    this.#database.close();
  }
}
