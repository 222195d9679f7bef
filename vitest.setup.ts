import { afterEach, beforeEach, expect, vi } from 'vitest';

// An error or a warning that nobody asked for is a failure: it is how silent defects show first.
let complaints: { readonly mock: { readonly calls: readonly unknown[][] } }[] = [];

beforeEach(() => {
  complaints = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn')];
});

afterEach(() => {
  expect(complaints.flatMap(({ mock }) => mock.calls)).toEqual([]);
});
