import { activityAt } from './activity';
import { type IoRates, ioRatesOf } from './io-rates';
import type { IncidentContext, IncidentKind } from './schedule';
import { gibibyte } from './service';

const minuteMs = 60_000;

interface RoutineJob {
  readonly process: readonly [name: string, user: string, command: string];
  readonly service: string | null;
  readonly cores: readonly [least: number, most: number];
  readonly systemShare: number;
  readonly isNice?: boolean;
  readonly memoryGiB: number;
  readonly ioRates: IoRates;
}

/** Jobs that users start. */
const userJobs: readonly [RoutineJob, ...RoutineJob[]] = [
  {
    process: ['ffmpeg', 'jellyfin', '/usr/lib/jellyfin-ffmpeg/ffmpeg -i file:/media/films/1080p.mkv -f hls'],
    service: 'jellyfin',
    cores: [3.4, 6.8],
    systemShare: 0.06,
    memoryGiB: 0.9,
    ioRates: ioRatesOf({ sdaRead: 9, nvmeWrite: 3, networkOut: 3.2 }),
  },
  {
    process: ['php-fpm', 'www-data', 'php-fpm: pool www'],
    service: 'nextcloud',
    cores: [1.3, 2],
    systemShare: 0.34,
    memoryGiB: 0.26,
    ioRates: ioRatesOf({ networkIn: 46, sdaWrite: 45, nvmeWrite: 5 }),
  },
  {
    process: ['python', 'root', 'python -m immich_ml --workers 1'],
    service: 'immich-ml',
    cores: [2.6, 4.6],
    systemShare: 0.08,
    isNice: true,
    memoryGiB: 1.7,
    ioRates: ioRatesOf({ sdaRead: 13, nvmeWrite: 1.2 }),
  },
];

/** Maintenance jobs. */
const maintenanceJobs: readonly [RoutineJob, ...RoutineJob[]] = [
  {
    process: ['postgres', 'postgres', 'postgres: autovacuum worker nextcloud'],
    service: 'postgres',
    cores: [1.1, 1.5],
    systemShare: 0.3,
    memoryGiB: 0.35,
    ioRates: ioRatesOf({ nvmeRead: 420, nvmeWrite: 70 }),
  },
  {
    process: ['dockerd', 'root', '/usr/bin/dockerd: pulling layers'],
    service: null,
    cores: [1.3, 2.2],
    systemShare: 0.4,
    memoryGiB: 0.3,
    ioRates: ioRatesOf({ networkIn: 64, nvmeWrite: 160 }),
  },
  {
    process: ['unattended-upgr', 'root', '/usr/bin/python3 /usr/bin/unattended-upgrade'],
    service: null,
    cores: [1.1, 1.4],
    systemShare: 0.25,
    memoryGiB: 0.2,
    ioRates: ioRatesOf({ networkIn: 8, nvmeRead: 12, nvmeWrite: 38 }),
  },
  {
    process: ['celery', 'paperless', 'celery -A paperless worker: index optimize'],
    service: 'paperless',
    cores: [1.6, 2.8],
    systemShare: 0.1,
    isNice: true,
    memoryGiB: 0.7,
    ioRates: ioRatesOf({ nvmeRead: 30, nvmeWrite: 9 }),
  },
];

function jobOf(
  { process, service, cores, isNice = false, ...spec }: RoutineJob,
  { between, job }: IncidentContext,
) {
  const [name, user, command] = process;
  const memoryBytes = spec.memoryGiB * gibibyte;
  const { systemShare, ioRates } = spec;
  return job({
    name,
    user,
    command,
    service,
    cores: between(1, ...cores),
    systemShare,
    isNice,
    memoryBytes,
    ioRates,
  });
}

/** A small job every ten minutes, so that the charts always show activity. */
export const routineJob: IncidentKind = {
  // Seeds the noise as well: another name gives other figures.
  name: 'errand',
  slotMs: 10 * minuteMs,
  chance: 1,
  startMs: [0, 5 * minuteMs],
  lengthMs: [50_000, 4.5 * minuteMs],
  effects(context) {
    const choice = context.draw(2) < activityAt(context.startMs) ? userJobs : maintenanceJobs;
    return { jobs: [jobOf(context.oneOf(3, choice), context)] };
  },
};
