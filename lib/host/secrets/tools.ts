/** How a program takes a secret in its short options, which mean other things to other programs. */
export interface Tool {
  /** Options whose value, attached or in the next argument, is a secret. */
  readonly options?: readonly string[];
  /** Options that take a secret attached only, as `-psecret`; alone they ask for it. */
  readonly attached?: readonly string[];
  /** Options whose value is a name, a separator and a secret. */
  readonly pairs?: readonly string[];
  /** Subcommand that must have come before any of this holds, as in `docker login`. */
  readonly after?: string;
  /** The secret is the last of at least so many arguments without a dash. */
  readonly lastOf?: number;
  /** A name, a slash and a secret may be an argument of its own: Oracle's `scott/tiger@db`. */
  readonly slash?: boolean;
}

const byNames = (names: string, tool: Tool): readonly (readonly [string, Tool])[] =>
  names.split(/\s+/).map((name) => [name, tool]);

const tools: ReadonlyMap<string, Tool> = new Map([
  ...byNames('mytop mycli xtrabackup mariabackup innobackupex pt-query-digest', { attached: ['-p'] }),
  ...byNames('sshpass mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop', {
    options: ['-p'],
  }),
  ...byNames('cqlsh rdesktop ncftp ncftpget ncftpput couchbase-cli vncviewer', { options: ['-p'] }),
  ...byNames('docker podman nerdctl buildah skopeo helm oras crane', { options: ['-p'], after: 'login' }),
  ...byNames('oc az', { options: ['-p'], after: 'login' }),
  ...byNames('redis-cli valkey-cli keydb-cli redis-benchmark', { options: ['-a'] }),
  ...byNames('curl', {
    pairs: ['-u', '-U', '--user', '--proxy-user'],
    options: ['-b', '--cookie', '--oauth2-bearer'],
  }),
  ...byNames('etcdctl', { pairs: ['--user'] }),
  ...byNames('useradd usermod adduser', { options: ['-p'] }),
  ...byNames('http https xh xhs', { pairs: ['-a', '--auth'], options: ['-a', '--auth'] }),
  ...byNames('ab siege', { pairs: ['-A', '-P'] }),
  ...byNames('lftp', { pairs: ['-u', '--user'] }),
  ...byNames('smbclient smbget smbcacls smbcquotas smbtree rpcclient net winexe wmic smbmap pdbedit', {
    pairs: ['-U', '--user'],
    options: ['--pw-nt-hash'],
  }),
  ...byNames('ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldapcompare ldapmodrdn ldapexop', {
    options: ['-w'],
  }),
  ...byNames('ldappasswd', { options: ['-w', '-s', '-a'] }),
  ...byNames('openssl', { options: ['-k', '-K', '-pass', '-passin', '-passout', '-pw', '-psk'] }),
  ...byNames('7z 7za 7zr 7zz rar unrar', { attached: ['-p', '-hp'] }),
  ...byNames('zip unzip ipmitool sqlcmd bcp mosquitto_pub mosquitto_sub mosquitto_rr', { options: ['-P'] }),
  ...byNames('plink pscp psftp putty', { options: ['-pw'] }),
  ...byNames('xfreerdp xfreerdp3 wlfreerdp', { options: ['-p', '/p:'] }),
  ...byNames('snmpget snmpwalk snmpbulkwalk snmpset snmptrap snmpgetnext snmptable', {
    options: ['-c', '-A', '-X'],
  }),
  ...byNames('tshark wireshark', { options: ['--wpa-pwd'] }),
  ...byNames('nmcli iwctl', { options: ['password', '--passphrase'] }),
  ...byNames('htpasswd', { after: '-b', lastOf: 3 }),
  ...byNames('sqlplus sqlldr exp imp expdp impdp rman', { slash: true }),
  ...byNames('wpa_passphrase', { lastOf: 2 }),
]);
const mysql: Tool = { attached: ['-p'] };

/** How the program of this path takes secrets; `null` for one that has no options of that kind. */
export function toolOf(program: string): Tool | null {
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (/^(mysql|mariadb)/.test(name)) return mysql;
  return tools.get(name.replace(/\.exe$/, '')) ?? null;
}
