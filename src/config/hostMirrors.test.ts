import { expect, test } from 'vitest';
import { fallbackMirrors, readHostMirrors } from './hostMirrors.ts';
import { makeTree } from './tree.testing.ts';

const debianSources = `# A comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
  non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
# the one of last week: http://snapshot.example/
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

const both = { main: 'http://mirror.example/debian/', security: 'http://mirror.example/debian-security/' };

test.each<[string, Record<string, string>, Partial<typeof both>]>([
  ['stanzas', { 'sources.list.d/debian.sources': debianSources }, both],
  [
    'lines',
    {
      'sources.list': `deb-src http://src.example/debian trixie main
# deb http://off.example/debian trixie main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.pgp] https://own.example/d/ trixie main contrib # x
deb http://security.example/debian-security trixie-security main
deb http://late.example/debian stable main
`,
    },
    { main: 'https://own.example/d/', security: 'http://security.example/debian-security/' },
  ],
  [
    'third parties and other schemes are passed over',
    {
      'sources.list': `deb [signed-by=/etc/apt/keyrings/vendor.gpg] https://vendor.example/debian bookworm main
deb https://sdk.example/apt sdk-bookworm main
deb https://tool.example/apt stable main
deb http://user:secret@mirror.example/debian bookworm main
deb file:/srv/debian bookworm main
deb http://archive.example/ubuntu noble main
deb http://mirror.example/debian bookworm contrib
`,
    },
    {},
  ],
  [
    'disabled stanzas and files with other names are passed over',
    {
      'sources.list.d/debian.sources': debianSources.replaceAll('Types: deb', 'Enabled: no\nTypes: deb'),
      'sources.list.d/old.list.save': 'deb http://mirror.example/debian bookworm main\n',
    },
    {},
  ],
  ['no sources at all', {}, {}],
])('%s', async (_, files, expected) => {
  expect(await readHostMirrors(await makeTree(files))).toEqual({ ...fallbackMirrors, ...expected });
});
