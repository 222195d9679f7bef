/**
 * What a network interface is, as far as it matters for counting its bytes once. `member`: hardware whose bytes another
 * piece of hardware in the list shows as well, as a failover pair's and a switch's uplink. `virtual`: none of the others.
 */
export const interfaceKinds = [
  'physical',
  'member',
  'virtual-function',
  'bond',
  'bridge',
  'vlan',
  'macvlan',
  'veth',
  'tunnel',
  'ppp',
  'dummy',
  'loopback',
  'virtual',
] as const;
export type InterfaceKind = (typeof interfaceKinds)[number];

/** Names that kernels and programs give, where nothing else identifies the kind. */
const names: readonly (readonly [InterfaceKind, RegExp])[] = [
  ['loopback', /^lo\d*$|loopback/i],
  ['vlan', /^vlan\d|\.\d{1,4}$/],
  ['bond', /^(bond|team|lagg)\d/],
  // Docker, Podman, Proxmox, LXD and Incus, libvirt, Kubernetes, Open vSwitch, Hyper-V, macOS.
  ['bridge', /^(br-|br\d|docker|podman|virbr|vmbr|fwbr|lxdbr|lxcbr|incusbr|cni|ovs|bridge\d|vEthernet)/],
  ['macvlan', /^(macv(lan|tap)|ipv(lan|tap))/],
  ['veth', /^(veth|vif\d+\.\d|fwpr|fwln|cali[0-9a-f]|lxc[0-9a-f]|epair\d)/],
  ['ppp', /^ppp/],
  [
    'tunnel',
    /^(tun|tap|utun\d|vnet\d|wg|tailscale|zt[a-z0-9]{8}|nebula|ham\d|vpn|ipsec|vti|(ip6)?gre(tap)?\d|erspan\d|sit\d|ip6?tnl|ip6?_vti|gif\d|stf\d|vxlan|geneve|flannel|cilium|kube-|wireguard|teredo|isatap|tap-windows)/i,
  ],
  ['dummy', /^(dummy|ifb|nlmon|teql|nodelocaldns|pflog|enc\d)/],
  // macOS: AirDrop, low-latency WLAN, its own access point and virtual machines.
  ['virtual', /^(awdl|llw|ap\d|anpi|vmenet|feth|vmnet|vboxnet)|(vmware|virtualbox|virtual) .*adapter/i],
];

/** The kind of an interface by its name alone; `null` for a name that identifies none, such as `eth0`. */
export function kindOfName(name: string): InterfaceKind | null {
  return names.find(([, pattern]) => pattern.test(name))?.[0] ?? null;
}
