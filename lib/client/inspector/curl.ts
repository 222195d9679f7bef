const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The command that opens the same stream in a POSIX shell; `-N` shows each frame as it comes. */
export function curlCommand(url: string, lastEventId: string): string {
  const header = lastEventId === '' ? '' : ` -H ${quoted(`Last-Event-ID: ${lastEventId}`)}`;
  return `curl -N${header} ${quoted(url)}`;
}
