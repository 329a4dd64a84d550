import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksValidUntil, parseAptConf } from './aptConf.ts';
import { parseRelease, requireFresh } from './release.ts';

const sha = 'a'.repeat(64);
const text = `Origin: Debian
Suite: stable
Codename: trixie
Date: Sat, 12 Sep 2026 07:55:41 UTC
Valid-Until: Sat, 19 Sep 2026 07:55:41 UTC
Acquire-By-Hash: yes
No-Support-for-Architecture-all: Packages
Architectures: all amd64
Components: main contrib
MD5Sum:
 3e498904a30e240573dac8ddac594e6f  1961125 main/binary-amd64/Packages
SHA256:
 ${sha}  56620099 main/binary-amd64/Packages
 ${sha}        0 main/Contents
`;

test('the fields that matter are read', () => {
  const release = parseRelease(text, 'InRelease');
  expect(release).toMatchObject({
    codename: 'trixie',
    date: new Date('2026-09-12T07:55:41Z'),
    validUntil: new Date('2026-09-19T07:55:41Z'),
    architectures: ['all', 'amd64'],
    components: ['main', 'contrib'],
    acquireByHash: true,
    allIsInEveryArchitecture: true,
  });
  expect([...release.files]).toEqual([
    ['main/binary-amd64/Packages', { sha256: sha, sizeBytes: 56620099 }],
    ['main/Contents', { sha256: sha, sizeBytes: 0 }],
  ]);
});

test.each([
  [text.replace(/^SHA256:\n(.*\n)*/m, ''), 'no SHA256 sums'],
  [text.replace(/^Date.*\n/m, ''), 'it has no Date'],
  [text.replace('Sat, 12 Sep', 'Soon, 12 Soon'), 'is not a date'],
  [text.replace('  56620099', ''), 'is not "SHA256 SIZE NAME"'],
  ['<html>', 'expected "Name: value"'],
])('unusable release %#: %s', (broken, message) => {
  expect(() => parseRelease(broken, 'InRelease')).toThrow(message);
});

test('Valid-Until is held, with a slack', () => {
  const release = parseRelease(text, 'InRelease');
  const check = (now: string, slackMs = 0) => requireFresh(release, { url: 'u', now: new Date(now), slackMs });
  expect(() => check('2026-09-19T07:55:41Z')).not.toThrow();
  expect(() => check('2026-09-19T07:55:42Z')).toThrow('was valid until 2026-09-19T07:55:41.000Z only');
  expect(() => check('2026-09-19T07:55:42Z', 1000)).not.toThrow();
});

test('apt.conf: both forms, comments, quotes', () => {
  const conf = parseAptConf(`// comment "x";
Acquire::Check-Valid-Until "false"; # more
Acquire { http { Proxy "http://p:1/"; Timeout 30; }; /* a
b */ Retries "3"; };
APT::Architectures { "amd64"; };
`);
  expect([...conf]).toEqual([
    ['acquire::check-valid-until', 'false'],
    ['acquire::http::proxy', 'http://p:1/'],
    ['acquire::http::timeout', '30'],
    ['acquire::retries', '3'],
  ]);
});

test("the host's apt decides whether Valid-Until is looked at, the environment overrides it", async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lw-apt-'));
  try {
    expect(await checksValidUntil({}, directory)).toBe(true);
    await mkdir(join(directory, 'apt.conf.d'));
    await writeFile(join(directory, 'apt.conf.d', '99frozen'), 'Acquire::Check-Valid-Until "false";\n');
    expect(await checksValidUntil({}, directory)).toBe(false);
    expect(await checksValidUntil({ LIVEWRIGHT_CHECK_VALID_UNTIL: '1' }, directory)).toBe(true);
    await writeFile(join(directory, 'apt.conf'), 'Acquire { Check-Valid-Until true; };\n');
    expect(await checksValidUntil({}, directory)).toBe(true);
    expect(await checksValidUntil({ LIVEWRIGHT_CHECK_VALID_UNTIL: '0' }, directory)).toBe(false);
  } finally {
    await rm(directory, { recursive: true });
  }
});
