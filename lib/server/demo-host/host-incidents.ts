import { ioRatesOf } from './io-rates';
import type { IncidentKind } from './schedule';
import { gibibyte } from './service';

const secondMs = 1_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

const noIoRates = ioRatesOf({});
const resticRates = ioRatesOf({
  sdaRead: 92,
  nvmeRead: 14,
  sdbRead: 6,
  sdbWrite: 46,
  networkOut: 78,
  networkIn: 1.1,
});
const dumpRates = ioRatesOf({ nvmeRead: 130, nvmeWrite: 55 });
const rotationRates = ioRatesOf({ nvmeRead: 60, nvmeWrite: 22 });

/** Nightly backup: reads both data disks and fills the network. */
export const backup: IncidentKind = {
  name: 'backup',
  slotMs: 24 * hourMs,
  chance: 1,
  startMs: [2 * hourMs, 3 * hourMs],
  lengthMs: [35 * minuteMs, 75 * minuteMs],
  effects({ startMs, job }) {
    const shared = { user: 'root', service: null, systemShare: 0.3, isNice: true };
    return {
      jobs: [
        job({
          ...shared,
          name: 'restic',
          command: 'restic -r sftp:vault.lan:/backups/demo backup /srv /home /etc',
          cores: 2.1,
          memoryBytes: 1.4 * gibibyte,
          ioRates: resticRates,
        }),
        job({
          ...shared,
          name: 'pg_dump',
          command: 'pg_dump --format=custom nextcloud',
          endMs: startMs + 6 * minuteMs,
          cores: 0.8,
          memoryBytes: 0.12 * gibibyte,
          ioRates: dumpRates,
        }),
      ],
    };
  },
};

/** A runaway process that occupies one core. */
export const runaway: IncidentKind = {
  name: 'runaway',
  slotMs: 4 * hourMs,
  chance: 0.65,
  startMs: [0, 3 * hourMs],
  lengthMs: [8 * minuteMs, 40 * minuteMs],
  effects({ oneOf, job }) {
    const [name, user, service, command] = oneOf<readonly [string, string, string, string]>(1, [
      ['node', 'node', 'n8n', 'node /usr/local/lib/node_modules/n8n/dist/task-runner.js'],
      ['python3', 'root', 'home-assistant', 'python3 -m homeassistant.components.recorder'],
      ['php-fpm', 'www-data', 'nextcloud', 'php-fpm: pool www'],
    ]);
    const memoryBytes = 0.4 * gibibyte;
    const shared = { name, user, service, command, memoryBytes, isNice: false, ioRates: noIoRates };
    return { jobs: [job({ ...shared, cores: 0.99, systemShare: 0.08 })] };
  },
};

/** A log file fills the root file system until it is rotated. */
export const diskFill: IncidentKind = {
  name: 'flood',
  slotMs: 24 * hourMs,
  chance: 0.6,
  startMs: [8 * hourMs, 17 * hourMs],
  lengthMs: [2.5 * hourMs, 5 * hourMs],
  effects({ startMs, endMs, between, job }) {
    const fullMs = endMs - 2 * minuteMs;
    const bytes = between(1, 125, 150) * gibibyte;
    const megabytesPerSecond = bytes / 1e6 / ((fullMs - startMs) / secondMs);
    const shared = { user: 'root', service: null, isNice: false, memoryBytes: 0.03 * gibibyte };
    return {
      diskFill: { startMs, fullMs, clearedMs: endMs, bytes },
      jobs: [
        job({
          ...shared,
          endMs: fullMs,
          name: 'containerd-shim',
          command: '/usr/bin/containerd-shim-runc-v2 -namespace moby -id caddy',
          cores: 0.32,
          systemShare: 0.6,
          ioRates: ioRatesOf({ nvmeWrite: megabytesPerSecond }),
        }),
        job({
          ...shared,
          startMs: fullMs,
          name: 'logrotate',
          command: '/usr/sbin/logrotate /etc/logrotate.conf',
          cores: 0.9,
          systemShare: 0.5,
          ioRates: rotationRates,
        }),
      ],
    };
  },
};

/** A power outage: the UPS battery discharges and is charged again. */
export const powerOutage: IncidentKind = {
  name: 'blackout',
  slotMs: 72 * hourMs,
  chance: 0.7,
  startMs: [0, 60 * hourMs],
  lengthMs: [100 * minuteMs, 130 * minuteMs],
  effects: ({ startMs, between }) => ({
    powerOutage: { startMs, endMs: startMs + Math.round(between(1, 4, 12) * minuteMs) },
  }),
};
