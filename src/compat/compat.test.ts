import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compareMaps, describeFiles, describeMenus, isSame } from './compare.ts';
import { parseListing, readSystemImage } from './files.ts';
import { parseGrub, parseSyslinux } from './menus.ts';
import { parsePackages } from './packages.ts';
import { renderComparison } from './report.ts';

test('packages', () => {
  expect(parsePackages('bash\t5.2-1\nlibc6:amd64\t2.41\n\n')).toEqual(
    new Map([
      ['bash', '5.2-1'],
      ['libc6:amd64', '2.41'],
    ]),
  );
});

test('entries of syslinux, with the initrd in a line of its own or among the parameters', () => {
  const text = `
default live-amd64
label live-amd64
\tmenu label ^Live system (amd64)
\tmenu default
\tlinux /live/vmlinuz
\tinitrd /live/initrd.img
\tappend boot=live  components quiet
LABEL old
  KERNEL /live/vmlinuz-1
  APPEND initrd=/live/initrd-1 boot=live
label hdt
\tkernel hdt.c32
menu begin more
\tmenu label ^More
label none
menu end
`;
  expect(parseSyslinux(text)).toEqual([
    {
      ...{ loader: 'syslinux', title: 'Live system (amd64)', kernel: '/live/vmlinuz', initrd: '/live/initrd.img' },
      parameters: 'boot=live components quiet',
    },
    {
      ...{ loader: 'syslinux', title: 'old', kernel: '/live/vmlinuz-1', initrd: '/live/initrd-1' },
      parameters: 'boot=live',
    },
    { loader: 'syslinux', title: 'hdt', kernel: 'hdt.c32', initrd: '', parameters: '' },
  ]);
});

test('entries of GRUB', () => {
  const text = `
source /boot/grub/config.cfg
menuentry "Live system" --hotkey=l {
\tlinux\t/live/vmlinuz boot=live   quiet
\tinitrd\t/live/initrd.img
}
submenu 'Utilities...' {
  menuentry 'Memory test' {
    linux16 /live/memtest.bin
  }
  menuentry "Firmware" { fwsetup }
}
`;
  expect(parseGrub(text)).toEqual([
    {
      ...{ loader: 'grub', title: 'Live system', kernel: '/live/vmlinuz', initrd: '/live/initrd.img' },
      parameters: 'boot=live quiet',
    },
    { loader: 'grub', title: 'Memory test', kernel: '/live/memtest.bin', initrd: '', parameters: '' },
  ]);
});

test('two entries of one title are told apart', () => {
  const entry = { loader: 'grub', title: 'a', kernel: 'k', initrd: 'i' } as const;
  const menus = describeMenus([
    { ...entry, parameters: 'x' },
    { ...entry, parameters: 'y' },
  ]);
  expect(menus).toEqual(
    new Map([
      ['grub: a', 'k initrd=i x'],
      ['grub: a (2)', 'k initrd=i y'],
    ]),
  );
});

test('ls -lR as live-build writes it and as we do', () => {
  const ofLiveBuild = `chroot:
total 4
lrwxrwxrwx  1 root root    7 Nov 24 10:01 bin -> usr/bin
drwxr-xr-x  2 root root 4096 Mar  3  2025 etc

chroot/etc:
total 8
-rwsr-xr-x  1 root root  123 Nov 24 10:01 a b
crw-rw-rw-  1 root root 1, 3 Nov 24 10:01 null
-rw-r--r-T+ 2 root shadow 0 Nov 24 10:01 x:
`;
  const ours = ofLiveBuild
    .replaceAll(/Nov 24 10:01|Mar {2}3 {2}2025/g, '2026-11-24 10:01')
    .replaceAll('chroot/', './')
    .replace('chroot:', '.:');
  const files = parseListing(ofLiveBuild);
  expect([...describeFiles(files)]).toEqual([
    ['/bin', 'symlink -> usr/bin'],
    ['/etc', 'directory 0755'],
    ['/etc/a b', 'file 4755 123 bytes'],
    ['/etc/null', 'character-device 0666'],
    ['/etc/x:', 'file 1644 0 bytes'],
  ]);
  expect(parseListing(ours)).toEqual(files);
});

test('owners in a system image are compared by name, by number where there is none', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'lw-compat-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'root/etc'), { recursive: true });
  writeFileSync(
    join(directory, 'root/etc/passwd'),
    'root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\nd:x:101:7::/:/bin/false\n',
  );
  writeFileSync(join(directory, 'root/etc/group'), 'root:x:0:\nscanner:x:102:d\n');
  for (const name of ['a', 'b']) writeFileSync(join(directory, 'root', name), '');
  const owners = ['a m 644 101 102', 'b m 644 0 103', 'etc/group m 644 0 0'].flatMap((line) => ['-p', line]);
  const words = ['root', 'image', '-noappend', '-no-progress', '-quiet', ...owners];
  execFileSync('mksquashfs', words, { cwd: directory, stdio: 'pipe' });
  const files = await readSystemImage(join(directory, 'image'));
  expect(['a', 'b', 'etc/group'].map((path) => files.get(path)?.owner)).toEqual(['d:scanner', 'root:103', 'root:root']);
});

const compare = (there: Record<string, string>, here: Record<string, string>) =>
  compareMaps({
    ...{ title: 'Files of the system', kind: 'system' },
    ...{ there: new Map(Object.entries(there)), here: new Map(Object.entries(here)) },
  });

test('what is expected to differ is counted apart, by its reason', () => {
  const same = compare({ '/a': '1', '/var/log/dpkg.log': '5 bytes' }, { '/a': '1', '/var/log/apt/x': '' });
  expect(isSame(same)).toBe(true);
  expect([...same.expected]).toEqual([[expect.any(String), ['/var/log/dpkg.log', '/var/log/apt/x']]]);
  const other = compare({ '/a': '1', '/b': '1' }, { '/a': '2', '/c': '1' });
  expect(other).toMatchObject({
    onlyThere: ['/b'],
    onlyHere: ['/c'],
    changed: [{ name: '/a', there: '1', here: '2' }],
  });
});

test('the report shows twenty names of a list, or all', () => {
  const many = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`/f${index}`, '']));
  const sections = [compare(many, { '/x': 'here' }), compare({ '/a': '1' }, { '/a': '2' }), compare({}, {})];
  const text = renderComparison(sections, false);
  expect(text).toContain('Files of the system: 25 there, 1 here\n  only there (25):\n    /f0\n');
  expect(text).toContain('    and 5 more (--all shows them)\n');
  expect(text).toContain('  other (1):\n    /a\n      there: 1\n      here:  2\n');
  expect(text).toContain('Files of the system: 0 there, 0 here, the same\n');
  expect(text).toMatch(/The two builds differ\.\n$/);
  expect(renderComparison(sections, true)).toContain('    /f24\n');
  expect(renderComparison([compare({}, {})], false)).toMatch(/The two builds are the same, as far as this looks\.\n$/);
});
