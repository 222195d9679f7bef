import { afterEach, beforeEach, expect, vi } from 'vitest';

// An error or a warning that nobody asked for is a failure: it is how silent defects show first.
let complaints: { readonly mock: { readonly calls: readonly unknown[][] } }[] = [];

beforeEach(() => {
  complaints = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];
});

afterEach(() => {
  expect(complaints.flatMap(({ mock }) => mock.calls)).toEqual([]);
});

/** A state that is waited for comes late on a busy machine: Vitest's own second is no limit for hanging. */
const waitLimitMs = 60_000;
const { waitFor, waitUntil } = vi;
vi.waitFor = (callback, options) => waitFor(callback, options ?? { timeout: waitLimitMs });
vi.waitUntil = (callback, options) => waitUntil(callback, options ?? { timeout: waitLimitMs });
