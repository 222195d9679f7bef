/** A container as its cgroup's name has it. `id` is the engine's, in full; `name` is known where that is the id. */
export interface ContainerName {
  readonly id: string;
  readonly name: string | null;
}

const hash = '[0-9a-f]{64}';
const engine = '(?:docker|balena|libpod|libpod-payload|crio|cri-containerd|nerdctl|containerd)';
/**
 * `docker-<id>.scope` of systemd's driver, also of Podman, CRI-O, containerd and nerdctl; `libpod-payload-<id>` in the service
 * of a Quadlet unit; `<slice>:<engine>:<id>` where the driver is cgroupfs and the name systemd's. Podman's conmon is none.
 */
const scope = new RegExp(`^(?:[^/]{0,200}:)?${engine}[-:](${hash})(?:\\.scope)?$`);
/** The cgroupfs driver: the id alone, in a folder of the engine's or of a pod. */
const bare = new RegExp(`^${hash}$`);

/**
 * The container that a cgroup at this path (from the hierarchy's root, without a slash at its begin) is of, `null`
 * when it is none: a slice, a service, a monitor, or a folder within a container.
 */
export function containerOf(path: string): ContainerName | null {
  const segments = path.split('/');
  const last = segments.at(-1) ?? '';
  const id = scope.exec(last)?.[1] ?? bare.exec(last)?.[0];
  if (id !== undefined) return { id, name: null };
  const lxc = /^lxc\.payload\.(.+)$/.exec(last)?.[1] ?? (segments.at(-2) === 'lxc' ? last : undefined);
  if (lxc !== undefined && lxc !== '') return named(lxc);
  const machine =
    /^systemd-nspawn@(.+)\.service$/.exec(last)?.[1] ??
    (segments.at(-2) === 'machine.slice' ? /^machine-(.+)\.scope$/.exec(last)?.[1] : undefined);
  return machine === undefined ? null : machineOf(unescaped(machine));
}

/**
 * A machine that systemd-machined knows. libvirt's are `<driver>-<number>-<name>`, with a number that differs at each
 * start: those of its LXC driver are containers, by their name; any other is a virtual machine.
 */
function machineOf(machine: string): ContainerName | null {
  const [, driver, name] = /^([a-z]{2,16})-\d{1,10}-(.+)$/.exec(machine) ?? [];
  if (driver === undefined || name === undefined) return named(machine);
  if (driver === 'lxc') return named(name);
  return virtualMachineDrivers.has(driver) ? null : named(machine);
}

const virtualMachineDrivers: ReadonlySet<string> = new Set(['bhyve', 'ch', 'kvm', 'qemu', 'vbox', 'xen']);

const named = (name: string): ContainerName => ({ id: name, name });

/** Unit names have `\x2d` for a dash, and so on (systemd-escape(1)). */
const unescaped = (unit: string) =>
  unit.replaceAll(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
