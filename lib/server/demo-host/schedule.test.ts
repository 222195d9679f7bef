import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentKinds } from './machine-state';
import { openNoise } from './noise';
import { incidentsBetween } from './schedule';

const dayMs = 86_400_000;
const yearStart = Date.UTC(2026, 0, 1);

describe('the schedule', () => {
  it.each(incidentKinds)('never has two of $name at once', ({ startMs, lengthMs, slotMs }) => {
    expect(startMs[1] + lengthMs[1]).toBeLessThanOrEqual(slotMs);
  });

  it('is the same through any window', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: yearStart, max: yearStart + 365 * dayMs }),
        fc.integer({ min: 1, max: 7_200_000 }),
        (seed, from, lengthMs) => {
          const noise = openNoise(seed);
          const to = from + lengthMs;
          const wide = incidentsBetween(noise, incidentKinds, from - dayMs, to + dayMs);
          const narrow = incidentsBetween(noise, incidentKinds, from, to);
          expect(narrow).toEqual(wide.filter(({ startMs, endMs }) => endMs >= from && startMs <= to));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives no process id twice at a time, and every effect lies within its incident', () => {
    const incidents = incidentsBetween(openNoise(7), incidentKinds, yearStart, yearStart + 10 * dayMs);
    const spans = incidents.flatMap((incident) =>
      [...(incident.jobs ?? []), ...(incident.logins ?? [])].map((span) => ({ span, incident })),
    );
    for (const { span, incident } of spans) {
      expect(span.startMs).toBeGreaterThanOrEqual(incident.startMs);
      expect(span.endMs).toBeLessThanOrEqual(incident.endMs);
      expect(span.endMs).toBeGreaterThan(span.startMs);
    }
    const pids = incidents.flatMap(({ jobs }) => (jobs ?? []).map(({ pid }) => pid));
    expect(new Set(pids).size).toBe(pids.length);
  });

  it('has every kind within a fortnight', () => {
    const incidents = incidentsBetween(openNoise(7), incidentKinds, yearStart, yearStart + 14 * dayMs);
    expect(new Set(incidents.map(({ kind }) => kind)).size).toBe(incidentKinds.length);
  });
});
