import { shownName } from '../procfs/kernel-text';

/** Somebody who is logged in. `key` is another for each session, also of one user at one terminal. */
export interface Session {
  readonly key: string;
  readonly user: string;
  readonly terminal: string | null;
  /** An address or a host's name; `null` on the machine itself. */
  readonly from: string | null;
  /** The process at its head, by which to see whether it is still there. */
  readonly leader: number | null;
}

/** Where the fields of a record are, in bytes: `struct utmp` of glibc's bits/utmp.h, little-endian. */
interface Layout {
  readonly recordBytes: number;
  readonly secondsAt: number;
  readonly addressAt: number;
}

/** Most 64-bit machines keep the record of their 32-bit past; ARM has none and made times 64 bits wide. */
const layouts: readonly Layout[] = [
  { recordBytes: 384, secondsAt: 340, addressAt: 348 },
  { recordBytes: 400, secondsAt: 344, addressAt: 360 },
];

const userProcess = 7;
const typeMax = 9;

/**
 * The sessions in an utmp file (man utmp(5)), `null` when it is none. A last record that was cut off is left out.
 */
export function parseUtmp(content: Uint8Array): Session[] | null {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const fitting = layouts.filter(({ recordBytes }) => fits(view, recordBytes));
  const layout = fitting.find(({ recordBytes }) => view.byteLength % recordBytes === 0) ?? fitting[0];
  if (!layout) return null;
  const sessions: Session[] = [];
  for (const at of recordsOf(view, layout.recordBytes)) {
    const user = textAt(view, at + 44, 32);
    if (view.getInt16(at, true) !== userProcess || user === '') continue;
    const leader = view.getInt32(at + 4, true);
    const terminal = textAt(view, at + 8, 32);
    const seconds = view.getUint32(at + layout.secondsAt, true);
    const host = textAt(view, at + 76, 256);
    sessions.push({
      key: [user, terminal, leader, seconds].join('\0'),
      user,
      terminal: terminal || null,
      from: addressAt(view, at + layout.addressAt) ?? hostNamed(host),
      leader: leader > 0 ? leader : null,
    });
  }
  return sessions;
}

/** Records of another length would have anything where the types are, or nothing but zeros. */
function fits(view: DataView, recordBytes: number): boolean {
  const types = recordsOf(view, recordBytes).map((at) => view.getInt16(at, true));
  return types.some((type) => type > 0) && types.every((type) => type >= 0 && type <= typeMax);
}

const recordsOf = ({ byteLength }: DataView, recordBytes: number) =>
  Array.from({ length: Math.floor(byteLength / recordBytes) }, (_, index) => index * recordBytes);

function textAt(view: DataView, at: number, length: number): string {
  const bytes = Buffer.from(view.buffer, view.byteOffset + at, length);
  const end = bytes.indexOf(0);
  return shownName(bytes.toString('latin1', 0, end === -1 ? length : end));
}

/** `ut_addr_v6`: an IPv4 address is in its first word alone. */
function addressAt(view: DataView, at: number): string | null {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, 16);
  if (bytes.every((byte) => byte === 0)) return null;
  if (bytes.subarray(4).every((byte) => byte === 0)) return bytes.subarray(0, 4).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(at + index * 2, false));
  return plainAddress(groups.map((group) => group.toString(16)).join(':'));
}

/** An address in its canonical form (RFC 5952); an IPv4-mapped IPv6 address as IPv4. */
function plainAddress(address: string): string {
  const short = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [, high = '', low = ''] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? [];
  if (high === '') return short;
  const word = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 255).join('.');
}

/** A name in a record; `:0` and `tmux(…)` are places on the machine itself. */
export function hostNamed(host: string): string | null {
  if (host === '' || host.startsWith(':') || /^(tmux|screen)\b|^localhost(:|$)/.test(host)) return null;
  return host;
}
