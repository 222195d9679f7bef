/** Somebody who is logged in. `key` is another for each session, also of one user at one terminal. */
export interface Session {
  readonly key: string;
  readonly user: string;
  readonly terminal: string | null;
  /** An address or a host's name; `null` on the machine itself. */
  readonly from: string | null;
  /** The process at its head, by which to see whether it is still there. */
  readonly leader: number | null;
}
