const hostNameLengthMax = 64;

/** `hostbeat-<host>-<YYYYMMDD-HHMMSS>.<extension>`, of the beginning in UTC, in characters that any system takes. */
export function fileName(host: string, from: number, extension: string): string {
  const plain = host
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|(?<![.-])[.-]+$/g, '')
    .slice(0, hostNameLengthMax);
  const [day = '', time = ''] = new Date(from).toISOString().replaceAll(/[-:]/g, '').split(/[T.]/);
  return `hostbeat-${plain || 'host'}-${day}-${time}.${extension}`;
}
