/** How a program takes a secret in ways which mean other things to other programs. */
export interface Tool {
  /** Options whose value, attached or in the next argument, is a secret. */
  readonly options?: readonly string[];
  /** Options that take a secret attached only, as `-psecret`; alone they ask for it. */
  readonly attached?: readonly string[];
  /** Options whose value is a name, a separator and a secret. */
  readonly pairs?: readonly string[];
  /** Options whose value is none, whatever they are called. */
  readonly plain?: readonly string[];
  /** Subcommand that must have come before any of this holds, as in `docker login`. */
  readonly after?: string;
  /** The secret is the last of at least so many arguments without a dash. */
  readonly lastOf?: number;
  /** After this word so many arguments without a dash are names, and the next one is a secret: `vault login X` has 0. */
  readonly words?: Readonly<Record<string, number>>;
  /** A name, a slash and a secret may be an argument of its own: Oracle's `scott/tiger@db`. */
  readonly slash?: boolean;
  /** An argument of its own may be a domain, a slash, a name, a colon and a secret, with no host behind it. */
  readonly account?: boolean;
}

const tools = new Map<string, Tool[]>();

function add(names: string, tool: Tool): void {
  for (const name of names.split(/\s+/)) tools.set(name, [...(tools.get(name) ?? []), tool]);
}

add('mytop mycli xtrabackup mariabackup innobackupex pt-query-digest', { attached: ['-p'] });
add('mysqladmin mariadb-admin', { words: { password: 0 } });
add('sshpass mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop', {
  options: ['-p'],
});
add('mongod mongos', { plain: ['--auth'] });
add(
  'cqlsh rdesktop ncftp ncftpget ncftpput couchbase-cli vncviewer cypher-shell beeline twine megadl megals',
  {
    options: ['-p'],
  },
);
add('hydra openfortivpn youtube-dl yt-dlp gallery-dl racadm rabbitmqadmin', {
  options: ['-p', '--ap-password', '-2', '--twofactor'],
});
add('evil-winrm crackmapexec netexec nxc', { options: ['-p', '-H'] });
add('docker podman nerdctl buildah skopeo helm oras crane', { options: ['-p'], after: 'login' });
add('docker podman nerdctl buildah', { plain: ['--secret'] });
add('oc az', { options: ['-p'], after: 'login' });
add('kubectl oc microk8s.kubectl k3s', { pairs: ['--from-literal'], after: 'secret' });
add('redis-cli valkey-cli keydb-cli redis-benchmark', { options: ['-a'] });
add('redis-cli valkey-cli keydb-cli', { after: 'auth', lastOf: 2 });
add('redis-cli valkey-cli keydb-cli', { after: 'AUTH', lastOf: 2 });
add('curl', {
  pairs: ['-u', '-U', '--user', '--proxy-user', '-E', '--cert', '--proxy-cert'],
  options: ['-b', '--cookie', '--oauth2-bearer'],
});
add('etcdctl', { pairs: ['--user'] });
add('useradd usermod adduser', { options: ['-p'] });
add('http https xh xhs', { pairs: ['-a', '--auth'], options: ['-a', '--auth'] });
add('ab siege', { pairs: ['-A', '-P'] });
add('lftp', { pairs: ['-u', '--user'] });
add('transmission-remote', { pairs: ['-n'] });
add('ttyd gotty', { pairs: ['-c'] });
add('smbclient smbget smbcacls smbcquotas smbtree rpcclient net winexe wmic smbmap pdbedit', {
  pairs: ['-U', '--user'],
  options: ['--pw-nt-hash'],
});
add('ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldapcompare ldapmodrdn ldapexop kadmin', {
  options: ['-w'],
});
add('ldappasswd', { options: ['-w', '-s', '-a'] });
add('openssl', { options: ['-k', '-K', '-pass', '-passin', '-passout', '-pw', '-psk'] });
add('openssl', { after: 'passwd', lastOf: 2 });
add('openvpn', { plain: ['--auth', '--askpass', '--secret', '--pkcs12', '--key'] });
add('openconnect', { options: ['-C'] });
add('ffmpeg', { plain: ['-pass'] });
add('7z 7za 7zr 7zz rar unrar', { attached: ['-p', '-hp'] });
add('zip ipmitool sqlcmd bcp mosquitto_pub mosquitto_sub mosquitto_rr', { options: ['-P'] });
add('unzip tsql isql osql fisql bsqldb freebcp', { options: ['-P'] });
add('ssh-keygen', { options: ['-N', '-P'] });
add('plink pscp psftp putty', { options: ['-pw'] });
add('xfreerdp xfreerdp3 wlfreerdp', { options: ['-p', '/p:', '/gp:', '/pth:'] });
add('snmpget snmpwalk snmpbulkwalk snmpset snmptrap snmpgetnext snmptable', {
  options: ['-c', '-A', '-X'],
});
add('tshark wireshark', { options: ['--wpa-pwd'] });
add('nmcli iwctl', { options: ['password', '--passphrase'] });
add('iwconfig', { words: { key: 0 } });
add('htpasswd mosquitto_passwd', { after: '-b', lastOf: 3 });
add('htpasswd', { after: '-n', lastOf: 2 });
add('sqlplus sqlldr exp imp expdp impdp rman', { slash: true });
add('wpa_passphrase', { lastOf: 2 });
add('hdparm', {
  options: ['--security-set-pass', '--security-unlock', '--security-disable', '--security-erase'],
});
add('gh', { after: 'secret', options: ['-b', '--body'] });
add('doctl', { after: 'auth', options: ['-t'] });
add('influx', { options: ['-t'] });
add('mc mcli', { after: 'alias', lastOf: 5 });
add('poetry composer', { after: 'config', lastOf: 4 });
add('vault bao', { words: { login: 0, unwrap: 0 } });
add('ngrok', { words: { authtoken: 0, 'add-authtoken': 0, 'add-api-key': 0 } });
add('cloudflared', { words: { install: 0 } });
add('rclone', { words: { obscure: 0 } });
add('bw', { words: { unlock: 0, login: 1 }, options: ['--session'] });
add('rabbitmqctl', { words: { add_user: 1, change_password: 1, authenticate_user: 1 } });
add('virsh', { words: { 'set-user-password': 2, 'secret-set-value': 1 } });
add('samba-tool', { words: { create: 1, add: 1 } });
add('steamcmd steamcmd.sh', { words: { '+login': 1 } });
add('pdftk', { words: { owner_pw: 0, user_pw: 0, input_pw: 0 } });
add('grafana-cli grafana', { words: { 'reset-admin-password': 0 } });
add('db2', { words: { using: 0 } });
add('pppd', { words: { password: 0 } });

/** Scripts of impacket, by whatever name they are installed. */
const impacket: Tool = { account: true, options: ['-hashes', '-aesKey'] };
const mysql: Tool = { attached: ['-p'] };

/** How the program of this path takes secrets; nothing for one that has no ways of its own. */
export function toolsOf(program: string): readonly Tool[] {
  const name = program.slice(program.lastIndexOf('/') + 1).replace(/\.exe$/, '');
  const known = tools.get(name) ?? [];
  if (/^impacket-|^[A-Za-z]\w{2,32}\.py$/.test(name)) return [impacket, ...known];
  return /^(mysql|mariadb)/.test(name) ? [mysql, ...known] : known;
}
