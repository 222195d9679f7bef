import { expect, test } from 'vitest';
import { ownNamesFrom } from './own-names';

const namesOf = (hostname: string, hosts = '', resolvConf = '') =>
  [...ownNamesFrom({ hostname, hosts, resolvConf })].sort();

test('a name alone has a form for multicast DNS', () => {
  expect(namesOf('NAS')).toEqual(['localhost', 'nas', 'nas.local']);
});

test('a name with a domain is known without it', () => {
  expect(namesOf('nas.example.org.')).toEqual([
    'localhost',
    'nas',
    'nas.example.org',
    'nas.example.org.local',
    'nas.local',
  ]);
});

test('a name has the domains that the resolver searches', () => {
  const resolvConf =
    '# made by hand\nnameserver 192.0.2.1\n search  fritz.box Example.ORG.\ndomain lan\noptions edns0';
  expect(namesOf('nas', '', resolvConf)).toEqual(
    expect.arrayContaining(['nas.fritz.box', 'nas.example.org', 'nas.lan']),
  );
  expect(namesOf('nas', '', 'search .\nsearchx evil.example\n# search evil.example')).toEqual(namesOf('nas'));
});

test('what stands beside a name of this machine in /etc/hosts is one, and nothing else there', () => {
  const hosts = [
    '127.0.0.1\tlocalhost localhost.localdomain',
    '127.0.1.1\tNas.Example.org nas # files.example.org',
    '#127.0.1.1 nas evil.example',
    '0.0.0.0 ads.example',
    '192.0.2.7 other nas2',
  ].join('\n');
  expect(namesOf('nas', hosts)).toEqual(['localhost', 'nas', 'nas.example.org', 'nas.local']);
});
