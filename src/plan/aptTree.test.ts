import { expect, test } from 'vitest';
import { configOf, makeTree } from '../config/tree.testing.ts';
import { readAptTree } from './aptTree.ts';

const armoured = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n';

async function read(files: Parameters<typeof makeTree>[0], commandLine = '-d trixie') {
  const directory = await makeTree(files);
  const { values } = await configOf(directory, commandLine);
  return readAptTree(directory, values);
}

const names = (files: Readonly<Record<string, Buffer>>) =>
  Object.keys(files)
    .filter((path) => !path.startsWith('apt.conf.d/00'))
    .sort();

test('each file is where live-build puts it, in the phases that it is for', async () => {
  const line = 'deb http://a.example trixie main\n';
  const { buildFiles, imageFiles } = await read({
    'config/archives/a.list': line,
    'config/archives/b.list.chroot': line,
    'config/archives/c.list.binary': line,
    'config/archives/d.sources.chroot': 'Types: deb\nURIs: http://d.example\nSuites: ./\n',
    'config/archives/e.key': armoured,
    'config/archives/f.key.chroot': 'binary',
    'config/archives/g.key.binary': armoured,
    'config/archives/h.pref': 'Package: *\n',
    'config/archives/i.conf.binary': '',
    'config/archives/j.auth.chroot': '',
    'config/apt/preferences': '',
    'config/apt/k.pref': '',
    'config/apt/apt.conf': '',
    'config/includes.chroot_before_packages/etc/apt/preferences.d/l.pref': '',
    'config/includes.chroot_before_packages/etc/apt/preferences.d/m.bak': '',
    'config/includes.chroot_before_packages/etc/apt/sources.list.d/n.list': line,
  });
  expect(names(buildFiles)).toEqual([
    ...['apt.conf', 'auth.conf.d/j.conf', 'preferences'],
    ...['preferences.d/h.pref', 'preferences.d/k.pref', 'preferences.d/l.pref'],
    ...['sources.list.d/a.list', 'sources.list.d/b.list', 'sources.list.d/d.sources'],
    ...['trusted.gpg.d/e.key.asc', 'trusted.gpg.d/f.key.chroot.gpg'],
  ]);
  expect(names(imageFiles)).toEqual([
    ...['apt.conf.d/i.conf', 'preferences.d/h.pref', 'sources.list.d/a.list', 'sources.list.d/c.list'],
    ...['trusted.gpg.d/e.key.asc', 'trusted.gpg.d/g.key.binary.asc'],
  ]);
});

test('a file of a phase takes the place of the one for both', async () => {
  const { buildFiles, imageFiles } = await read({
    'config/archives/a.pref': 'both',
    'config/archives/a.pref.chroot': 'build',
  });
  expect(String(buildFiles['preferences.d/a.pref'])).toBe('build');
  expect(String(imageFiles['preferences.d/a.pref'])).toBe('both');
});

test('placeholders stand for the phase’s distribution and for the areas', async () => {
  const list =
    'deb http://a.example @DISTRIBUTION@ @ARCHIVE_AREAS@\n' +
    'deb http://a.example @PARENT_DISTRIBUTION@ @PARENT_ARCHIVE_AREAS@ @OTHER@\n';
  const { buildFiles, imageFiles, further } = await read(
    { 'config/archives/a.list': list },
    '-d sid --distribution-binary trixie --archive-areas main,contrib',
  );
  expect(String(buildFiles['sources.list.d/a.list'])).toBe(
    'deb http://a.example sid main contrib\ndeb http://a.example sid main contrib @OTHER@\n',
  );
  expect(String(imageFiles['sources.list.d/a.list'])).toContain('deb http://a.example trixie main contrib\n');
  expect(further.archives[0]).toMatchObject({ suite: 'sid', components: ['main', 'contrib'] });
});

test('placeholders are replaced in deb822 sources too, and settings, pins and passwords are taken as they are', async () => {
  const stanza = 'Types: deb\nURIs: http://a.example\nSuites: @DISTRIBUTION@\nComponents: @ARCHIVE_AREAS@\n';
  const { further, imageArchives, buildFiles, imageFiles, credentials } = await read(
    {
      'config/archives/a.sources': stanza,
      'config/archives/b.pref': 'Package: *\nPin: release n=@DISTRIBUTION@\n',
      'config/archives/c.conf': 'A "@DISTRIBUTION@";\n',
      'config/archives/d.auth': 'machine a.example login x password y\n',
      'config/archives/e.auth.binary': 'machine b.example login x password z\n',
    },
    '-d sid --distribution-binary trixie --archive-areas main,contrib',
  );
  expect(further.archives).toMatchObject([{ suite: 'sid', components: ['main', 'contrib'] }]);
  expect(imageArchives.archives).toMatchObject([{ suite: 'trixie' }]);
  expect(String(buildFiles['preferences.d/b.pref'])).toContain('@DISTRIBUTION@');
  expect(String(buildFiles['apt.conf.d/c.conf'])).toContain('@DISTRIBUTION@');
  expect([buildFiles, imageFiles].map((files) => names(files).filter((path) => path.startsWith('auth')))).toEqual([
    ['auth.conf.d/d.conf'],
    ['auth.conf.d/d.conf', 'auth.conf.d/e.conf'],
  ]);
  expect(new Set(credentials).size).toBe(2);
});

test.each([
  ['--apt-source-archives true', 'deb-src http', 'Types: deb deb-src\n'],
  ['--apt-source-archives false', '#deb-src http', 'Types: deb\n'],
])('sources of source packages with %s', async (option, line, types) => {
  const { buildFiles, imageFiles } = await read(
    {
      'config/archives/a.list': 'deb http://a.example trixie main\ndeb-src http://a.example trixie main\n',
      'config/archives/b.sources': 'Types: deb deb-src\nURIs: http://a.example\nSuites: trixie\nComponents: main\n',
    },
    `-d trixie ${option}`,
  );
  for (const files of [buildFiles, imageFiles]) {
    expect(String(files['sources.list.d/a.list'])).toContain(`\n${line}`);
    expect(String(files['sources.list.d/b.sources'])).toContain(types);
  }
});

test.each([
  ['', [], ['00recommends', '00secure']],
  ['--apt-recommends false', ['00recommends'], ['00recommends', '00secure']],
  ['--apt-secure false', ['00secure'], ['00recommends', '00secure']],
  ['--apt-pipeline 0', [], ['00pipeline', '00recommends', '00secure']],
])('settings that options leave behind: %s', async (option, image, build) => {
  const { buildFiles, imageFiles } = await read({}, `-d trixie ${option}`);
  const settings = (files: object) => Object.keys(files).map((path) => path.replace('apt.conf.d/', ''));
  expect(settings(imageFiles).sort()).toEqual(image);
  expect(settings(buildFiles).sort()).toEqual(build);
});

test('archives know their line, whether they are trusted, and are only those of the image’s architecture', async () => {
  const files = {
    'config/archives/a.list':
      '# x\ndeb http://a.example trixie main\ndeb [arch=arm64] http://b.example trixie main\n' +
      'deb [arch=arm64,amd64 trusted=yes] http://c.example ./\n',
  };
  const place = { path: 'config/archives/a.list', line: 2 };
  const { further } = await read(files);
  expect(further.archives).toMatchObject([
    { uri: 'http://a.example', architectures: ['amd64'], isTrusted: false, place },
    { uri: 'http://c.example', architectures: ['amd64'], isTrusted: true, place: { line: 4 } },
  ]);
  expect((await read(files, '-d trixie --apt-secure false')).further.archives[0]?.isTrusted).toBe(true);
});

test('keys by their path in the system', async () => {
  const { further } = await read({
    'config/archives/a.list': 'deb [signed-by=/opt/vendor.key] http://a.example trixie main\n',
    'config/archives/a.key': armoured,
    'config/archives/b.key.binary': armoured,
    'config/includes.chroot/usr/share/keyrings/c.gpg': 'c',
    'config/includes.chroot_before_packages/etc/apt/keyrings/d.asc': armoured,
    'config/includes.chroot/opt/vendor.key': armoured,
    'config/includes.chroot/opt/other.key': armoured,
  });
  const keys = await further.keyFiles();
  expect(keys.map(({ path, origin }) => `${path} ${origin}`)).toEqual([
    '/etc/apt/trusted.gpg.d/a.key.asc config/archives/a.key',
    '/etc/apt/keyrings/d.asc config/includes.chroot_before_packages/etc/apt/keyrings/d.asc',
    '/usr/share/keyrings/c.gpg config/includes.chroot/usr/share/keyrings/c.gpg',
    '/opt/vendor.key config/includes.chroot/opt/vendor.key',
  ]);
});

test('keyrings of debootstrap: of this machine, of the tree, or that the tree puts into the system', async () => {
  const keyring = '/usr/share/keyrings/kali-archive-keyring.gpg';
  const words = (name: string) => `-d trixie --debootstrap-options --keyring=${name}`;
  const keysOf = async (files: Parameters<typeof read>[0], name: string) =>
    (await (await read(files, words(name))).further.keyFiles()).map(({ path, origin }) => `${path} ${origin}`);
  expect(await keysOf({ [`config/includes.chroot${keyring}`]: 'k' }, keyring)).toContain(
    `/etc/apt/trusted.gpg.d/kali-archive-keyring.gpg config/includes.chroot${keyring}`,
  );
  expect(await keysOf({ 'keys/own.asc': armoured }, 'keys/own.asc')).toEqual([
    '/etc/apt/trusted.gpg.d/own.asc keys/own.asc',
  ]);
  await expect(keysOf({}, keyring)).rejects.toMatchObject({
    code: 'CONFIG_MISSING',
    hint: expect.stringContaining(`config/includes.chroot${keyring}`),
  });
});
