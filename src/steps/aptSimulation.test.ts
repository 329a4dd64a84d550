import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { tempDirectory } from '../../test/helpers/tempDirectory.ts';
import { LivewrightError } from '../errors.ts';
import type { Sandbox } from '../sandbox/run.ts';
import { openStore } from '../store/local.ts';
import { type AptSetting, openApt, parseSimulation } from './aptSimulation.ts';
import { archiveFileName } from './lock.ts';
import { lockSlice } from './lockSlice.ts';
import { Stanzas } from './stanzas.ts';

interface Offer {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly more?: string;
}

const both = { name: 'both', version: '1:2.0-1+b1', architecture: 'amd64' };
const stable: readonly Offer[] = [
  both,
  { name: 'base-files', version: '13.8+deb13u1', architecture: 'amd64' },
  { name: 'provider', version: '1.0', architecture: 'all', more: 'Provides: virtual (= 2)\n' },
  { name: 'member', version: '1~rc1', architecture: 'amd64', more: 'Task: a-task\n' },
  { name: 'old', version: '1', architecture: 'amd64' },
  { name: 'new', version: '1', architecture: 'amd64', more: 'Conflicts: old\n' },
  { name: 'fond', version: '1', architecture: 'amd64', more: 'Recommends: old\n' },
  { name: 'broken', version: '1', architecture: 'amd64', more: 'Depends: nowhere (>= 2)\n' },
];
const foreign: readonly Offer[] = [{ name: 'lib', version: '2', architecture: 'i386', more: 'Multi-Arch: same\n' }];
const installed =
  'Package: base-files\nStatus: install ok installed\nVersion: 12.4\nArchitecture: amd64\n\n' +
  'Package: old\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n\n';

const stanza = ({ name, version, architecture, more = '' }: Offer): string =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\n${more}Filename: pool/${name}.deb\n` +
  `Size: 10\nSHA256: ${'1'.repeat(64)}\nDescription: x\n\n`;
const release = (label: string, suite: string, version: string): string =>
  `Origin: Debian\nLabel: ${label}\nSuite: ${suite}\nVersion: ${version}\nArchitectures: amd64 i386\nComponents: main\n`;

describe('what the real apt says', () => {
  let directory: string;
  const apt = (...words: string[]): string =>
    execFileSync('apt-get', words, {
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', APT_CONFIG: join(directory, 'apt.conf') },
      encoding: 'utf8',
    }).replaceAll('\r', '\n');

  beforeEach(async () => {
    directory = await tempDirectory();
    const lists = {
      'mirror.example_debian_dists_stable_Release': release('Debian', 'stable', '13.1'),
      'mirror.example_debian_dists_stable_main_binary-amd64_Packages': stable.map(stanza).join(''),
      'mirror.example_debian_dists_stable_main_binary-i386_Packages': foreign.map(stanza).join(''),
      'mirror.example_security_dists_stable-security_Release': release('Debian-Security', 'stable-security', '13'),
      'mirror.example_security_dists_stable-security_main_binary-amd64_Packages': stanza(both),
    };
    await mkdir(join(directory, 'lists/partial'), { recursive: true });
    await mkdir(join(directory, 'archives/partial'), { recursive: true });
    for (const [name, text] of Object.entries(lists)) await writeFile(join(directory, 'lists', name), text);
    const sources = ['debian stable', 'security stable-security'].map(
      (place) => `deb [trusted=yes] http://mirror.example/${place} main\n`,
    );
    await writeFile(join(directory, 'sources.list'), sources.join(''));
    await writeFile(join(directory, 'status'), installed);
    const conf = [
      'APT::Architecture "amd64"; APT::Architectures { "amd64"; "i386"; }; quiet "0"; Debug::NoLocking "true";',
      `Dir::Etc::sourcelist "${directory}/sources.list"; Dir::Etc::sourceparts "/dev/null";`,
      'Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null"; Acquire::Languages "none";',
      `Dir::State::Lists "${directory}/lists/"; Dir::State::status "${directory}/status";`,
      `Dir::State::extended_states "/dev/null"; Dir::Cache "${directory}/";`,
    ];
    await writeFile(join(directory, 'apt.conf'), conf.join('\n'));
  });

  test('a package of one origin and of several, an upgrade, a foreign one, a removal', () => {
    const text = apt('--simulate', 'install', 'both', 'base-files', 'lib:i386', 'new', 'provider');
    expect(text).toContain('Debian:13.1/stable, Debian-Security:13/stable-security [amd64])');
    expect(text).toContain('Inst base-files [12.4] (');
    expect(parseSimulation(text)).toEqual({
      installed: expect.arrayContaining([
        both,
        { name: 'base-files', version: '13.8+deb13u1', architecture: 'amd64' },
        { name: 'lib', version: '2', architecture: 'i386' },
        { name: 'new', version: '1', architecture: 'amd64' },
        { name: 'provider', version: '1.0', architecture: 'all' },
      ]),
      removed: ['old'],
      selected: [],
    });
  });

  test.each([
    ['virtual', 'provider'],
    ['a-task^', 'member'],
    ['prov*', 'provider'],
    ['^prov.der$', 'provider'],
  ])('%s selects a package that has another name', (spec, name) => {
    const { installed: packages, selected } = parseSimulation(apt('--simulate', 'install', spec));
    expect(packages.map((item) => item.name)).toEqual([name]);
    expect(new Set(selected)).toEqual(new Set([name]));
  });

  test('the names of downloaded packages', () => {
    const words = ['--print-uris', '--assume-yes', 'install', 'both', 'member', 'provider', 'lib:i386', 'base-files'];
    const names = [...apt(...words).matchAll(/^'\S+' (\S+\.deb) /gm)].map(([, name]) => name);
    const wanted = [...stable, ...foreign].filter(({ name }) => !['old', 'new', 'broken', 'fond'].includes(name));
    expect(names.toSorted()).toEqual(wanted.map(archiveFileName).toSorted());
  });
});

test.each([
  ['Inst a (1.0 localhost [amd64])', 'a', '1.0', 'amd64'],
  ['Inst a (1.0 [amd64])', 'a', '1.0', 'amd64'],
  ['Inst a [1] (2 Debian:13/stable [amd64]) [b:amd64 on a:amd64] [b:amd64 ]', 'a', '2', 'amd64'],
  ['Inst a:hurd-amd64 (1 Debian:13/stable [hurd-amd64]) []', 'a', '1', 'hurd-amd64'],
  ['Inst g++-14 (14.2.0-19 Odd (Label):1 [x], Debian:13.1/stable [amd64])', 'g++-14', '14.2.0-19', 'amd64'],
])('%s', (line, name, version, architecture) => {
  expect(parseSimulation(`${line}\n`).installed).toEqual([{ name, version, architecture }]);
});

/** Runs the tools' apt as this machine's, where its files are. */
function hostTools(seen: string[][]): Sandbox['runTool'] {
  return async ({ argv, binds = [], onLine }) => {
    seen.push([...argv]);
    const directory = binds[0]?.source ?? '';
    const conf = join(directory, 'host.conf');
    await writeFile(conf, (await readFile(join(directory, 'apt.conf'), 'utf8')).replaceAll('"/apt/', `"${directory}/`));
    try {
      const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', APT_CONFIG: conf };
      const text = execFileSync(argv[0] ?? '', argv.slice(1), { env, encoding: 'utf8', stdio: 'pipe' });
      return { stdout: text.replaceAll('\r', '\n'), durationMs: 0 };
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      for (const line of `${stdout}\n${stderr}`.split(/[\r\n]+/)) onLine?.(line, 'stdout');
      throw new LivewrightError('PROGRAM_FAILED', { message: 'apt-get ended with exit code 100.' });
    }
  };
}

describe('openApt', () => {
  async function open(seen: string[][] = [], more: Partial<AptSetting> = {}) {
    const directory = await tempDirectory();
    const store = await openStore(join(directory, 'store'));
    const sandbox = { runTool: hostTools(seen) } as Sandbox;
    const source = {
      ...{ uri: 'http://mirror.example/debian/', suite: 'stable', contents: [] },
      inRelease: await store.putBytes(release('Debian', 'stable', '13.1')),
      listName: 'mirror.example_debian_dists_stable_InRelease',
      components: [
        {
          ...{ name: 'main', architecture: 'amd64' },
          packages: await store.putBytes(stable.map(stanza).join('')),
          listName: 'mirror.example_debian_dists_stable_main_binary-amd64_Packages',
        },
      ],
    };
    const setting: Omit<AptSetting, 'sources'> = {
      ...{ store, sandbox, directory: join(directory, 'apt'), architecture: 'amd64' },
      ...{ foreign: [], files: {}, options: [] },
      log: () => {},
    };
    return openApt({ ...setting, sources: [source], ...more });
  }

  test('asks apt on the indices it is given', async () => {
    const apt = await open();
    expect(await apt.simulate({ specs: ['virtual', 'both=1:2.0-1+b1'], installed, recommends: false })).toEqual({
      installed: expect.arrayContaining([both, { name: 'provider', version: '1.0', architecture: 'all' }]),
      removed: [],
      selected: ['provider'],
    });
  });

  const yes = { 'apt.conf.d/x.conf': 'APT::Install-Recommends "true";\n' };
  test.each<[Partial<AptSetting>, boolean | 'never', string[]]>([
    [{}, true, ['fond', 'old']],
    [{}, false, ['fond']],
    [{ files: yes }, false, ['fond', 'old']],
    [{ files: yes }, 'never', ['fond']],
    [{ options: ['--install-recommends'] }, false, ['fond', 'old']],
    [{ options: ['-o', 'APT::Install-Recommends=true'] }, 'never', ['fond']],
    [{ files: { 'preferences.d/x.pref': 'Package: old\nPin: version *\nPin-Priority: -1\n' } }, true, ['fond']],
    [{ files: { preferences: 'Package: old\nPin: version *\nPin-Priority: -1\n' } }, true, ['fond']],
    [{ files: { 'apt.conf': 'APT::Architectures { "i386"; }; Dir::State::status "/nowhere";\n' } }, false, ['fond']],
  ])('the user’s settings count, and cannot lead elsewhere: %j, recommends %s', async (more, recommends, expected) => {
    const apt = await open([], more);
    const { installed: chosen } = await apt.simulate({ specs: ['fond'], installed: '', recommends });
    expect(chosen.map(({ name }) => name).sort()).toEqual(expected);
  });

  /** Two archives that offer the same version, built differently. */
  async function openTwo(preferences: string) {
    const directory = await tempDirectory();
    const store = await openStore(join(directory, 'store'));
    const stanzas = new Stanzas();
    const source = async (place: string, depends: string, hash: string) => {
      const twin = { name: 'twin', version: '1', architecture: 'amd64', more: depends };
      const text = stanza(twin).replace('1'.repeat(64), hash.repeat(64)) + stanza(both);
      stanzas.add(text, `X-Base: http://${place}.example/debian\n`);
      const list = `${place}.example_debian_dists_stable`;
      return {
        ...{ uri: `http://${place}.example/debian`, suite: 'stable', contents: [], listName: `${list}_InRelease` },
        inRelease: await store.putBytes(release(place, 'stable', '13.1')),
        components: [
          {
            ...{ name: 'main', architecture: 'amd64', listName: `${list}_main_binary-amd64_Packages` },
            packages: await store.putBytes(text),
          },
        ],
      };
    };
    const sources = [await source('first', '', 'a'), await source('second', 'Depends: both\n', 'b')];
    const files = { 'preferences.d/x.pref': preferences };
    const apt = await open([], { store, directory: join(directory, 'apt2'), sources, files });
    return { apt, store, stanzas };
  }

  test.each([
    ['', 'first', 'a'],
    ['Package: twin\nPin: release l=second\nPin-Priority: 900\n', 'second', 'b'],
    ['Package: twin\nPin: origin first.example\nPin-Priority: -1\n', 'second', 'b'],
  ])('of one version in two archives the lock has the file that apt takes: %j', async (preferences, place, hash) => {
    const { apt, store, stanzas } = await openTwo(preferences);
    const request = { specs: ['twin'], installed: '', recommends: false };
    const simulated = await apt.simulate(request);
    let asked = 0;
    const urls = () => {
      asked += 1;
      return apt.urls(request);
    };
    const making = { name: 'install', foreign: [], simulated, stanzas, store, manual: 'all' as const, urls };
    const { slice } = await lockSlice(making);
    const twin = slice.packages.find(({ name }) => name === 'twin');
    expect(twin).toMatchObject({ sha256: hash.repeat(64), url: `http://${place}.example/debian/pool/twin.deb` });
    // `both` is the same file in both archives, which is no reason to ask.
    expect([slice.packages.length, asked]).toEqual([place === 'first' ? 1 : 2, 1]);
  });

  test('says in apt’s words why packages do not fit', async () => {
    const apt = await open();
    const asked = apt.simulate({ specs: ['broken'], installed: '', recommends: false });
    await expect(asked).rejects.toMatchObject({
      code: 'UNSATISFIABLE',
      message: expect.stringMatching(/broken : Depends: nowhere \(>= 2\) but it is not installable.*[^.]\.$/),
    });
  });

  test('a wish that begins with a dash is no option of apt', async () => {
    const seen: string[][] = [];
    const apt = await open(seen);
    const asked = apt.simulate({ specs: ['-oAPT::Get::Simulate=false', 'both'], installed: '', recommends: false });
    await expect(asked).rejects.toMatchObject({ code: 'UNSATISFIABLE' });
    expect(seen[0]?.slice(0, 4)).toEqual(['apt-get', '--simulate', 'install', '--']);
  });
});
