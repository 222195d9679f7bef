import { type Service, service } from './service';

export const hostServices: readonly Service[] = [
  service('kernel', {
    cores: [0.012, 0.03],
    systemShare: 1,
    memoryGiB: 0,
    processes: [
      ['kworker/u16:2-events_unbound', '', 0.46, 0],
      ['rcu_preempt', '', 0.22, 0],
      ['jbd2/nvme0n1p2-8', '', 0.2, 0],
      ['kswapd0', '', 0.12, 0],
    ],
  }),
  service('docker', {
    cores: [0.022, 0.06],
    systemShare: 0.4,
    memoryGiB: 0.24,
    ioRates: { nvmeWrite: 0.1 },
    processes: [
      ['dockerd', '/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock', 0.6, 0.66],
      ['containerd', '/usr/bin/containerd', 0.4, 0.34],
    ],
  }),
  service('system', {
    cores: [0.012, 0.03],
    systemShare: 0.4,
    memoryGiB: 0.3,
    ioRates: { nvmeWrite: 0.08 },
    processes: [
      ['systemd-journal', '/usr/lib/systemd/systemd-journald', 0.38, 0.34],
      ['systemd', '/sbin/init', 0.24, 0.08],
      ['NetworkManager', '/usr/sbin/NetworkManager --no-daemon', 0.16, 0.12],
      ['usbhid-ups', '/usr/lib/nut/usbhid-ups -a ups', 0.12, 0.06],
      ['smartd', '/usr/sbin/smartd -n', 0.1, 0.4],
    ],
  }),
  service('samba', {
    cores: [0.003, 0.07],
    systemShare: 0.6,
    memoryGiB: 0.09,
    ioRates: { sdaRead: 1.1, sdaWrite: 0.4, networkIn: 0.4, networkOut: 1.1 },
    processes: [['smbd', '/usr/sbin/smbd --foreground --no-process-group', 1, 1]],
  }),
  service('hostbeat', {
    user: 'hostbeat',
    cores: [0.004, 0.002],
    memoryGiB: 0.14,
    ioRates: { nvmeWrite: 0.01 },
    processes: [['node', 'node scripts/serve.mjs', 1, 1]],
  }),
];
