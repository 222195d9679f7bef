import { afterEach, beforeEach, expect, vi } from 'vitest';

// An error or a warning that nobody asked for is a failure: it is how silent defects show first.
beforeEach(() => {
  vi.spyOn(console, 'error').mockName('console.error');
  vi.spyOn(console, 'warn').mockName('console.warn');
});

afterEach(() => {
  expect(console.error).not.toHaveBeenCalled();
  expect(console.warn).not.toHaveBeenCalled();
});
