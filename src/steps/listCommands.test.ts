import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { helperScript, listToolsFor, wordsOf } from './listCommands.ts';

const stanzas = [
  'Package: a-std\nPriority: standard\nSection: net\nTag: admin::x,\n role::program\nVersion: 1\nArchitecture: all\n',
  'Package: b-contrib\nPriority: standard\nSection: contrib/net\nVersion: 1\nArchitecture: all\n',
  'Package: libc-foo\nPriority: standard\nSection: libs\nVersion: 1\nArchitecture: all\n',
  'Package: d-oldlibs\nPriority: standard-ish\nSection: oldlibs\nVersion: 1\nArchitecture: all\n',
  'Package: e-capital\nPriority: Standard\nSection: net\nVersion: 1\nArchitecture: all\n',
  'Package: f-nosec\nPriority: standard\nVersion: 1\nArchitecture: all\n',
  'Package: f-nosec\nPriority: standard\nVersion: 2\nArchitecture: all\n',
];

// Needs apt-cache. The expected words are what grep-aptavail of Debian 12 gives for these stanzas.
describe('the Packages helper', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await tempDirectory();
    await mkdir(join(directory, 'lists/partial'), { recursive: true });
    const list = join(directory, 'lists/mirror.example_debian_dists_stable');
    await writeFile(`${list}_Release`, 'Suite: stable\nArchitectures: amd64\nComponents: main\n');
    await writeFile(`${list}_main_binary-amd64_Packages`, stanzas.join('\n'));
    await writeFile(join(directory, 'sources.list'), 'deb [trusted=yes] http://mirror.example/debian stable main\n');
    await writeFile(join(directory, 'status'), '');
    await writeFile(join(directory, 'Packages'), helperScript);
    const conf = [
      'APT::Architecture "amd64"; APT::Architectures { "amd64"; }; Acquire::Languages "none";',
      `Dir::Etc::sourcelist "${directory}/sources.list"; Dir::Etc::sourceparts "/dev/null"; Dir::Cache "${directory}/";`,
      `Dir::State::Lists "${directory}/lists/"; Dir::State::status "${directory}/status";`,
    ];
    await writeFile(join(directory, 'apt.conf'), conf.join('\n'));
  });

  const ask = (...words: string[]): string =>
    execFileSync('sh', [join(directory, 'Packages'), ...words], {
      env: { PATH: process.env['PATH'], APT_CONFIG: join(directory, 'apt.conf') },
      encoding: 'utf8',
    })
      .trim()
      .replaceAll('\n', ' ');

  test.each([
    [['Priority', 'standard'], 'a-std b-contrib d-oldlibs f-nosec'],
    [['priority', 'standard'], 'a-std b-contrib d-oldlibs f-nosec'],
    [['Tag', 'role::program'], 'a-std'],
    [['Package,Section', 'net'], 'a-std b-contrib e-capital'],
    [['Priority', '^stand'], ''],
    [['Section', 'contrib', 'more'], 'b-contrib'],
  ])('%j: libraries are left out, packages of other areas are not', (words, expected) => {
    expect(ask(...words)).toBe(expected);
  });

  test('without a value it says how it is used', () => {
    expect(() => ask('Priority')).toThrow('Usage: Packages FIELD VALUE');
  });
});

test('grep-aptavail and its like are fetched for commands that name one', () => {
  expect(listToolsFor(['Packages Priority standard', 'echo grep-aptavailable'])).toEqual([]);
  expect(listToolsFor(['grep-aptavail -n -s Package -F Section x | tail -1'])).toEqual(['dctrl-tools']);
});

test('what a command writes are words, and comments are left out', () => {
  expect(wordsOf('vim  less\n# no\n\n  nano=1\n')).toEqual(['vim', 'less', 'nano=1']);
});
