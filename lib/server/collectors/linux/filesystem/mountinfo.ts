/** A line of mountinfo. Texts are Latin-1, with the bytes as they are on disk. */
export interface Mount {
  readonly id: number;
  readonly parent: number;
  /** `major:minor`: the same for every mount of one file system. */
  readonly device: string;
  /** Which folder of the file system is mounted; `/` unless it is a bind mount or a subvolume. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  readonly readOnly: boolean;
}

const linePattern =
  /^(\d{1,10}) (\d{1,10}) (\d{1,10}:\d{1,10}) (\S+) (\/\S*) (\S+)(?: \S+)*? - (\S+) (\S*) (\S+)$/;

/** Reads `/proc/<pid>/mountinfo` (man proc_pid_mountinfo(5)), in its order; a line without its end was cut off. */
export function parseMountinfo(text: string): readonly Mount[] {
  const lines = text.split('\n');
  lines.pop();
  return lines.flatMap((line) => mountOf(line) ?? []);
}

function mountOf(line: string): Mount | null {
  const [, id, parent, device, root, mountPoint, options, type, source, superOptions] =
    linePattern.exec(line) ?? [];
  if (!id || !parent || !device || !root || !mountPoint || !options || !type || !superOptions) return null;
  return {
    id: Number(id),
    parent: Number(parent),
    device,
    root: unescaped(root),
    mountPoint: unescaped(mountPoint),
    type,
    source: unescaped(source ?? ''),
    // A file system that the kernel has set read-only after an error is marked in the options of the whole.
    readOnly: isReadOnly(options) || isReadOnly(superOptions),
  };
}

const isReadOnly = (options: string) => /(^|,)ro(,|$)/.test(options);

/** Blanks, line breaks, `#` and `\` are written as three octal digits. */
const unescaped = (field: string) =>
  field.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
