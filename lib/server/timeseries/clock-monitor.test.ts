import { afterEach, expect, test } from 'vitest';
import { type FakeClock, fakeClock } from '@/lib/testing/fake-clock';
import { type ClockMonitor, openClockMonitor } from './clock-monitor';

let clockMonitor: ClockMonitor | null = null;
afterEach(() => clockMonitor?.stop());

/** Checks each second, the last time at the end. */
function checkFor(clock: FakeClock, seconds: number, monitor: ClockMonitor) {
  for (let second = 0; second < seconds; second += 1) {
    clock.advance(1_000);
    monitor.check();
  }
}

function open() {
  const clock = fakeClock();
  // Its timer runs, too; with this clock that changes nothing.
  clockMonitor = openClockMonitor({ clock });
  checkFor(clock, 5, clockMonitor);
  return { clock, monitor: clockMonitor };
}

test('time that passes on the wall clock and since boot but not for the process is a suspension', () => {
  const { clock, monitor } = open();
  const from = clock.wallMs();
  clock.suspend(3_600_000);
  clock.advance(700);
  expect(monitor.cause(from, clock.wallMs())).toBe('host-asleep');
});

test('time that passes on the wall clock alone is a clock change', () => {
  const { clock, monitor } = open();
  const from = clock.wallMs();
  clock.stepWall(7_200_000);
  clock.advance(900);
  expect(monitor.cause(from, clock.wallMs())).toBe('clock-set');
});

test('time that passes on every clock without a check is a stall of the process', () => {
  const { clock, monitor } = open();
  const from = clock.wallMs();
  clock.advance(20_000);
  expect(monitor.cause(from, clock.wallMs())).toBe('server-stalled');
});

test('time with all checks done on time is a failure of the collectors', () => {
  const { clock, monitor } = open();
  const from = clock.wallMs();
  checkFor(clock, 20, monitor);
  expect(monitor.cause(from, clock.wallMs())).toBe('reading-failed');
});

test('of a short suspension and a large clock change, the longer one is the cause; each gap has its own', () => {
  const { clock, monitor } = open();
  const from = clock.wallMs();
  clock.suspend(5_000);
  clock.stepWall(60_000);
  clock.advance(300);
  monitor.check();
  const between = clock.wallMs();
  checkFor(clock, 60, monitor);
  const second = clock.wallMs();
  clock.advance(30_000);
  monitor.check();
  expect(monitor.cause(from, between)).toBe('clock-set');
  expect(monitor.cause(second, clock.wallMs())).toBe('server-stalled');
});

test('a clock that is set back leaves no gap, and later gaps still have their cause', () => {
  const { clock, monitor } = open();
  clock.stepWall(-7_200_000);
  checkFor(clock, 3, monitor);
  const from = clock.wallMs();
  clock.suspend(60_000);
  clock.advance(1_000);
  expect(monitor.cause(from, clock.wallMs())).toBe('host-asleep');
});
