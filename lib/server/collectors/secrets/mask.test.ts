import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskArguments, maskText } from './mask';

/** In no option, name or host below. */
const secret = 'hunter2xyz';

/** Commands as their arguments, with `§` in the place of a secret, which is one or more of them. */
const commands: readonly (readonly string[])[] = [
  ['app', '--password=§'],
  ['app', '--password', '§'],
  ['app', '-password', '§', '--verbose'],
  ['app', '--db-password=§', '--dbPassword=§', '--db.password=§', '--DB_PASSWORD=§'],
  ['app', '--token', '§', '--api-key', '§', '--apikey=§', '--client-secret=§', '--access-token=§'],
  ['app', '--password', '-§'],
  ['app', '--password', '--token', '§'],
  ['app', '--pass', '§', '--passphrase', '§', '--secret', '§', '--auth-key', '§'],
  ['app', '--password=with blanks § and more'],
  ['app', '--password', 'with blanks §'],
  ['env', 'PASSWORD=§', 'PGPASSWORD=§', 'MYSQL_PWD=§', 'AWS_SECRET_ACCESS_KEY=§', 'GITHUB_TOKEN=§', 'x'],
  [
    'env',
    'RESTIC_PASSWORD=§',
    'BORG_PASSPHRASE=a §',
    'RCLONE_CONFIG_PASS=§',
    'RESTIC_REPOSITORY=rest:http://u:§@h/',
  ],
  ['java', '-Dspring.datasource.password=§', '-Djavax.net.ssl.keyStorePassword=§', '-jar', 'app.jar'],
  ['mysql', '-uroot', '-p§', '-h', 'db'],
  ['/usr/bin/mysqldump', '-u', 'root', '-p§', 'shop'],
  ['mariadb-backup', '-p§'],
  ['docker', 'exec', '-it', 'db', 'mysql', '-p§'],
  ['sshpass', '-p', '§', 'ssh', 'host'],
  ['sshpass', '-p§', 'ssh', 'host'],
  ['mongo', '-u', 'admin', '-p', '§'],
  ['redis-cli', '-h', 'cache', '-a', '§', 'ping'],
  ['redis-cli', '-u', 'redis://default:§@cache:6379/0'],
  ['redis-cli', '-u', 'redis://:§@cache:6379/0'],
  ['psql', 'postgresql://ada:§@db.example.org:5432/shop?sslmode=require'],
  ['psql', 'host=db user=ada password=§ dbname=shop'],
  ['psql', "host=db password='§ and more'"],
  ['psql', 'postgres://ada:a/§@db/shop'],
  ['psql', 'postgres://ada:a@§@db/shop'],
  ['app', 'ada:§@tcp(127.0.0.1:3306)/shop'],
  ['curl', '-u', 'ada:§', 'https://example.org'],
  ['curl', '-uada:§', 'https://example.org'],
  ['curl', '-b', 'session=§', 'https://example.org'],
  ['curl', '--cookie', 'session=§', 'https://example.org'],
  ['etcdctl', '--user', 'root:§', '--user=root:§'],
  ['usermod', '-p', '§', 'bob'],
  ['redis-server', '--requirepass', '§', '--masterauth', '§'],
  ['app', '--pw', '§', '--pw=§', '--jwt', '§'],
  ['curl', '-sSu', 'ada:§', 'https://example.org'],
  ['curl', '--user', 'ada:§', '--proxy-user=ada:§'],
  ['curl', '-H', 'Authorization: Bearer §', 'https://example.org'],
  [
    'curl',
    '-H',
    'Authorization: Basic §',
    '-H',
    'X-Api-Key: §',
    '-H',
    'PRIVATE-TOKEN:§',
    '-H',
    'Cookie: a=§; b=§',
  ],
  ['curl', 'https://example.org/?token=§&page=2&api_key=§'],
  ['curl', '-d', '{"user":"ada","password":"§","page":2}', '-d', '{"password": "§ and"}'],
  ['curl', 'https://hooks.slack.com/services/T00/B00/§', 'https://discord.com/api/webhooks/123/§'],
  ['git', 'clone', 'https://ada:§@git.example.org/a.git'],
  [
    'git',
    'clone',
    'https://oauth2:§@git.example.org/a.git',
    'https://§0123456789012345@git.example.org/b.git',
  ],
  ['wget', '--password=§', '--http-password', '§', 'ftp://ada:§@files/a'],
  ['smbclient', '//nas/share', '-U', 'ada%§'],
  ['smbclient', '//nas/share', '-Uada%§', '--user=ada%§'],
  ['mount.cifs', '//nas/share', '/mnt', '-o', 'user=ada,password=§,uid=1000'],
  ['ldapsearch', '-x', '-D', 'cn=admin', '-w', '§', '-b', 'dc=example'],
  ['openssl', 'rsa', '-passin', 'pass:§', '-passout', 'pass:§', '-in', 'key.pem'],
  ['openssl', 'enc', '-k', '§'],
  ['docker', 'login', '-u', 'net', '-p', '§', 'registry.example.org'],
  ['docker', 'login', '--username', 'ada', '--password', '§'],
  ['helm', 'install', '--set', 'db.password=§,replicas=2'],
  ['kubectl', 'create', 'secret', 'generic', 'x', '--from-literal=password=§'],
  ['rclone', 'mount', '--sftp-pass', '§', '--s3-secret-access-key=§'],
  ['7z', 'a', '-p§', 'x.7z'],
  ['zip', '-P', '§', 'x.zip'],
  ['ipmitool', '-U', 'ada', '-P', '§'],
  ['mosquitto_pub', '-u', 'ada', '-P', '§', '-t', 'a'],
  ['sqlplus', 'scott/§@shop'],
  ['sqlcmd', '-U', 'sa', '-P§'],
  ['htpasswd', '-cb', 'file', 'ada', '§'],
  ['snmpwalk', '-v2c', '-c', '§', 'switch'],
  ['xfreerdp', '/u:ada', '/p:§', '/v:host'],
  ['nmcli', 'device', 'wifi', 'connect', 'home', 'password', '§'],
  ['sqlserver', 'Server=db;User Id=sa;Password=§;Encrypt=true'],
  ['az', 'AccountName=x;AccountKey=§;EndpointSuffix=core', 'https://x.blob/?sv=1&sig=§&se=2'],
  ['sh', '-c', 'mysql -p§ shop < dump.sql'],
  ['sh', '-c', 'PASSWORD=§ exec app --token "§ §" && curl -u ada:§ https://example.org'],
  ['bash', '-c', "ssh host 'mysqldump -p§ shop'"],
  ['sudo', '-u', 'ada', 'env', 'TOKEN=§', 'app'],
  ['app --password § --port 80'],
  ['app: worker (token=§) https://ada:§@example.org/'],
];

const looks = [
  `ghp_${'a1B2'.repeat(9)}`,
  `github_pat_${'a1B2_'.repeat(9)}`,
  `glpat-${'a1B2'.repeat(5)}`,
  `xoxb-123456789012-${'a1B2'.repeat(6)}`,
  `sk-${'a1B2'.repeat(12)}`,
  `sk_live_${'a1B2'.repeat(6)}`,
  'AKIAIOSFODNN7EXAMPLE',
  `AIza${'a1B2'.repeat(9)}`,
  `eyJhbGciOiJIUzI1NiJ9.${'a1B2'.repeat(5)}.${'c3D4'.repeat(5)}`,
  `hf_${'a1B2'.repeat(9)}`,
  `npm_${'a1B2'.repeat(9)}`,
];

describe('a secret in a command line', () => {
  it.each(commands.map((command) => [command.join(' '), command] as const))('is masked: %s', (_, command) => {
    const masked = maskArguments(command.map((argument) => argument.replaceAll('§', secret)));
    expect(masked.join(' ')).not.toContain(secret);
    expect(masked.join(' ')).toContain('***');
    expect(masked).toHaveLength(command.length);
  });

  it.each(looks)('is known by its form: %s', (key) => {
    for (const argument of [key, `--config=${key}`, `https://example.org/${key}/x`, `"${key}"`]) {
      expect(maskArguments(['app', argument]).join(' ')).not.toContain(key.slice(12));
    }
  });

  it('hides its length', () => {
    const lengths = [1, 8, 500].map(
      (length) => maskArguments(['a', `--token=${'x'.repeat(length)}`])[1]?.length,
    );
    expect(new Set(lengths).size).toBe(1);
  });
});

describe('what is no secret', () => {
  it.each([
    ['nginx: worker process'],
    ['docker', 'run', '-p', '8080:80', '-u', '1000:1000', 'nginx'],
    ['ssh', '-p', '22', 'git@example.org'],
    ['mysql', '-u', 'root', '-p', 'shop'],
    ['app', '--password-file=/run/secrets/db', '--token-ttl', '60', '--no-password', 'x', '--max-tokens=5'],
    ['env', 'PWD=/home/ada', 'HOME=/home/ada', 'app'],
    ['curl', 'https://example.org:8443/a/b@c?page=2&keyword=x'],
    ['git', 'clone', 'ssh://git@example.org/a.git', 'git@example.org:ada/b.git'],
    ['java', '-cp', '/a.jar:/b.jar', '-Dname=x', 'org.example.Main'],
    ['vim', '/etc/passwd', '/srv/token-service/secret.md'],
    ['grep', '-r', 'a  b', '.'],
    ['/usr/lib/systemd/systemd', '--switched-root', '--system', '--deserialize=35'],
    ['postgres: ada shop 10.0.0.1(4242) idle in transaction'],
    [
      'node',
      '--inspect=127.0.0.1:9229',
      'task-manager-service-with-a-long-name.js',
      'disk-usage-of-all-machines',
    ],
  ])('stays as it is: %s', (...command) => {
    expect(maskArguments(command)).toEqual(command);
  });

  it('keeps what is around a secret', () => {
    expect(maskArguments(['curl', '-u', `ada:${secret}`, `https://x/?token=${secret}&page=2`])).toEqual([
      'curl',
      '-u',
      'ada:***',
      'https://x/?token=***&page=2',
    ]);
    expect(maskText(`psql postgres://ada:${secret}@db/shop`)).toBe('psql postgres://ada:***@db/shop');
    expect(maskText('kworker/0:1-events')).toBe('kworker/0:1-events');
  });
});

describe('of any text', () => {
  it('masking never throws, and once masked it stays the same', () => {
    const pieces = fc.constantFrom(
      '--password',
      '=',
      ' ',
      'token',
      ':',
      '://',
      '@',
      '"',
      "'",
      'a',
      'mysql',
      '-p',
      '-u',
      '\\',
      ';',
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.array(pieces, { maxLength: 8 }).map((all) => all.join('')),
          { maxLength: 6 },
        ),
        (args) => {
          expect(maskArguments(args)).toHaveLength(args.length);
        },
      ),
    );
  });

  /** A square would take hours; the limit is for hanging. */
  it.each([
    'a',
    '=',
    ':',
    '://',
    '@',
    ' ',
    '"',
    "'",
    '-',
    'a=',
    'token=',
    'password:',
    '://a:b',
    '://a:b@',
    'a:b@',
    '-p ',
    'mysql ',
    'eyJ',
    'eyJa.',
    'eyJabcdefgh.',
    'ghp_',
    'sk-',
    'SG.',
    '/bot1:',
    'Authorization: ',
    'Bearer ',
    '--password ',
    '" \' ',
    'AKIA',
    'a_',
    'x@tcp(',
    'hooks.slack.com/services/',
    '/api/webhooks/1',
    '{"token":"',
    '{"token":[',
    '{\\"token\\":\\"',
    'PASSWORD = ',
    'echo a | sudo -S ',
    '<<< a ',
    'user=a%',
    'key=a%3D',
    '-----BEGIN PRIVATE KEY-----',
    '-x=pin:1234',
    'set token ',
    'rtmp://a/b/',
  ])('512 KiB of %j are masked in a time that grows with the length', { timeout: 120_000 }, (piece) => {
    const text = piece.repeat(Math.ceil((512 * 1024) / piece.length));
    expect(maskArguments([text, piece])).toHaveLength(2);
  });
});
