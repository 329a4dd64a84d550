import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory, makeHost } from '../host.testing.ts';
import { runMain } from '../main.ts';

const entry = (parameters: string) =>
  `label live\n\tmenu label Live\n\tlinux /live/vmlinuz\n\tinitrd /live/initrd.img\n\tappend ${parameters}\n`;

const listing = (lines: string) => `chroot:\ntotal 0\n${lines}`;
const file = (name: string, size: number) => `-rw-r--r-- 1 root root ${size} Nov 24 10:01 ${name}\n`;

const finished = {
  'chroot.packages.live': 'bash\t5.2\nvim\t9.1\n',
  'live-image-amd64.files': listing(file('a', 1) + file('b', 2)),
  'binary/isolinux/live.cfg': entry('boot=live quiet'),
  'binary/boot/grub/grub.cfg': 'menuentry "Live" {\nlinux /live/vmlinuz boot=live\ninitrd /live/initrd.img\n}\n',
};

async function compat(
  there: Readonly<Record<string, string>>,
  here: Readonly<Record<string, string>>,
  ...words: string[]
) {
  const directory = makeDirectory(here);
  for (const [path, text] of Object.entries(there)) {
    mkdirSync(dirname(join(directory, 'there', path)), { recursive: true });
    writeFileSync(join(directory, 'there', path), text);
  }
  const host = makeHost(directory);
  const exitCode = await runMain(['compat', 'there', ...words], host);
  return { exitCode, output: host.output(), errors: host.errors() };
}

test('two builds that are the same', async () => {
  const { exitCode, output } = await compat(finished, finished);
  expect(exitCode).toBe(0);
  expect(output).toBe(
    'Packages: 2 there, 2 here, the same\n\nFiles of the system: 2 there, 2 here, the same\n\n' +
      'Boot menus: 2 there, 2 here, the same\n\nFiles of the medium: 5 there, 5 here, the same\n\n' +
      'The two builds are the same, as far as this looks.\n',
  );
});

test('each list is compared, and what differs is named', async () => {
  const other = {
    'chroot.packages.live': 'bash\t5.3\nnano\t8\n',
    'live-image-amd64.files': listing(file('a', 1) + file('b', 3)),
    'binary/isolinux/live.cfg': entry('boot=live splash'),
    'binary/boot/grub/grub.cfg': finished['binary/boot/grub/grub.cfg'],
    'binary/extra': '',
  };
  const { exitCode, output } = await compat(finished, other, '--json');
  expect(exitCode).toBe(1);
  const { same, sections } = JSON.parse(output);
  expect(same).toBe(false);
  expect(sections).toMatchObject([
    { onlyThere: ['vim'], onlyHere: ['nano'], changed: [{ name: 'bash', there: '5.2', here: '5.3' }] },
    { onlyThere: [], onlyHere: [], changed: [{ name: '/b', there: 'file 0644 2 bytes', here: 'file 0644 3 bytes' }] },
    {
      onlyThere: [],
      changed: [
        {
          name: 'syslinux: Live',
          there: '/live/vmlinuz initrd=/live/initrd.img boot=live quiet',
          here: '/live/vmlinuz initrd=/live/initrd.img boot=live splash',
        },
      ],
    },
    { onlyThere: [], onlyHere: ['/extra'], changed: [] },
  ]);
});

test.each([
  [{}, 'has no chroot.packages.live'],
  [{ 'chroot.packages.live': 'a\t1\n' }, 'has no binary/'],
])('a directory in which no build has ended is refused: %j', async (there, words) => {
  const { exitCode, errors } = await compat({ '.keep': '', ...there }, finished);
  expect(exitCode).toBe(2);
  expect(errors).toContain(words);
});
