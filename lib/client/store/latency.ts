export interface Latency {
  readonly count: number;
  /** Milliseconds; `null` before the first. The quantiles are exact to a tenth. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

export interface LatencyHistogram {
  add(ms: number): void;
  read(): Latency;
}

/** Each bucket is a tenth wider than the one before: from 1 ms, this many reach past two minutes. */
const buckets = 128;
const growth = Math.log(1.1);

/** Latencies in buckets of constant number, however long a page is open. */
export function createLatencyHistogram(): LatencyHistogram {
  const counts = new Uint32Array(buckets);
  let count = 0;
  let max = 0;

  function quantile(share: number): number {
    let rank = Math.ceil(count * share);
    const bucket = counts.findIndex((within) => {
      rank -= within;
      return rank <= 0;
    });
    return Math.min(max, Math.exp(bucket * growth));
  }

  return {
    add(ms) {
      const bucket = Math.ceil(Math.log(Math.max(1, ms)) / growth);
      const index = Math.min(buckets - 1, bucket);
      counts[index] = (counts[index] ?? 0) + 1;
      count += 1;
      max = Math.max(max, ms);
    },
    read: () =>
      count === 0
        ? { count, p50: null, p95: null, max: null }
        : { count, p50: quantile(0.5), p95: quantile(0.95), max },
  };
}

/** Rows that arrive this late were held back for a hidden page. */
const heldBackMs = 1_000;
const unpaintedMax = 256;

/** How long samples take to the frame that shows them, while the page is visible. */
export class PaintLatency {
  readonly #histogram = createLatencyHistogram();
  /** The `t` of the samples that the next frame shows. */
  #unpainted: number[] = [];

  /** A sample of `t` (the host's clock) that arrived `ageMs` ago waits for its frame. */
  await(t: number, ageMs: number): void {
    if (ageMs > heldBackMs || this.#unpainted.length >= unpaintedMax) return;
    if (typeof document === 'undefined' || document.visibilityState === 'hidden') this.#unpainted = [];
    else this.#unpainted.push(t);
  }

  get isPending(): boolean {
    return this.#unpainted.length > 0;
  }

  painted(now: number): void {
    for (const t of this.#unpainted) this.#histogram.add(now - t);
    this.#unpainted = [];
  }

  read(): Latency {
    return this.#histogram.read();
  }
}
