/**
 * What became of an attempt. `retry`: it may work later; `final`: it will not, whatever the wait. `detail` is
 * said to people and kept, so nothing secret may be in it.
 */
export type Outcome =
  | { readonly kind: 'delivered'; readonly detail: string }
  | {
      readonly kind: 'retry';
      readonly detail: string;
      readonly retryAfterMs?: number;
      /** It did not end within twice its time limit, and was left to itself. */
      readonly isHung?: true;
    }
  | { readonly kind: 'final'; readonly detail: string };
