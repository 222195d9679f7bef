import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder } from '../scratch.mjs';

/** What a made-up machine has of each kind. */
export const small = { cpus: 2, disks: 1, interfaces: 1, sensors: 0, processes: 0 };

const range = (count) => Array.from({ length: count }, (_, index) => index);

/**
 * Writes `/proc` and `/sys` of a machine of some size, whose every counter moves with `pass`.
 * @param {typeof small} size
 */
export function layOutMachine(size) {
  const folder = scratchFolder();
  const procPath = join(folder, 'proc');
  const sysPath = join(folder, 'sys');
  const write = (path, text) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  write('proc/loadavg', '0.20 0.18 0.12 1/80 11206\n');
  write('proc/meminfo', meminfo);
  write('proc/sys/kernel/hostname', 'bench\n');
  write('proc/1/mountinfo', '22 1 8:1 / / rw - ext4 /dev/sda1 rw\n');
  mkdirSync(sysPath, { recursive: true });
  for (const disk of range(size.disks)) write(`sys/block/${diskName(disk)}/size`, '1000\n');
  for (const index of range(size.interfaces)) {
    write(`sys/class/net/${interfaceName(index)}/operstate`, 'up\n');
    write(`sys/class/net/${interfaceName(index)}/flags`, '0x1003\n');
    write(`sys/class/net/${interfaceName(index)}/device/vendor`, '0x8086\n');
  }
  for (const index of range(size.sensors)) {
    const chip = `sys/class/hwmon/hwmon${Math.floor(index / 16)}`;
    write(`${chip}/name`, `chip${Math.floor(index / 16)}\n`);
    write(`${chip}/temp${(index % 16) + 1}_input`, `${30_000 + index * 100}\n`);
  }
  // Without a first process the machine would hide what is not this container's.
  write('proc/1/stat', processStat(1, 10));
  for (const index of range(size.processes)) write(`proc/${100 + index}/stat`, processStat(100 + index, 10));

  let moment = 0;
  function pass() {
    moment += 1;
    write('proc/stat', stat(size.cpus, moment));
    write(
      'proc/diskstats',
      range(size.disks)
        .map((disk) => diskLine(disk, moment))
        .join(''),
    );
    write(
      'proc/net/dev',
      netDevHead +
        range(size.interfaces)
          .map((index) => netLine(index, moment))
          .join(''),
    );
    for (const name of ['cpu', 'memory', 'io']) write(`proc/pressure/${name}`, pressure(moment));
  }
  pass();
  return { procPath, sysPath, pass };
}

const meminfo = ['MemTotal', 'MemFree', 'MemAvailable', 'Buffers', 'Cached', 'SwapTotal', 'SwapFree']
  .map((name, index) => `${name}: ${8_000_000 - index * 1_000_000} kB\n`)
  .join('');

function stat(cpus, moment) {
  const line = (label, ticks) => {
    const busy = Math.floor(ticks * 0.3);
    return `${label} ${busy} 120 ${Math.floor(busy / 3)} ${ticks - busy} 530 0 88 4 0 0\n`;
  };
  const lines = range(cpus).map((cpu) => line(`cpu${cpu}`, 40_000_000 + moment * (100 + (cpu % 7))));
  const rest = `intr ${'0 '.repeat(100 + cpus)}\nctxt 1\nbtime 1790000000\nprocs_running 2\nprocs_blocked 0\n`;
  return `${line('cpu ', cpus * 40_000_000 + moment * cpus * 100)}${lines.join('')}${rest}`;
}

const diskName = (disk) => `sd${letters(disk)}`;
const letters = (index) =>
  (index < 26 ? '' : letters(Math.floor(index / 26) - 1)) + String.fromCharCode(97 + (index % 26));

function diskLine(disk, moment) {
  const done = 3_000_000 + moment * (10 + (disk % 9));
  return `   8 ${disk * 16} ${diskName(disk)} ${done} 4700 ${done * 16} ${done * 2} ${done} 910 ${done * 24} ${done * 3} 0 ${moment * 37} ${done * 5} 0 0 0 0 61 7\n`;
}

const interfaceName = (index) => `enp${index}s0`;
const netDevHead = 'Inter-|   Receive                |  Transmit\n face |bytes packets errs drop\n';

function netLine(index, moment) {
  const bytes = 9_000_000_000 + moment * 120_000;
  const packets = 8_000_000 + moment * 90;
  return `${interfaceName(index)}: ${bytes} ${packets} 0 12 0 0 0 7 ${bytes} ${packets} 0 0 0 0 0 0\n`;
}

const pressure = (moment) =>
  ['some', 'full']
    .map((kind) => `${kind} avg10=1.20 avg60=0.80 avg300=0.40 total=${90_000_000 + moment * 12_345}\n`)
    .join('');

const processStat = (pid, ticks) =>
  `${pid} (worker-${pid}) S 1 ${pid} ${pid} 0 -1 4194560 5000 0 12 0 ${ticks} 4 0 0 20 0 3 0 4200 170000000 3000 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0\n`;
