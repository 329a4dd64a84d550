// What a netboot image is made of, by the real tools. Needs root.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { layOutNetboot } from '../../src/media/netboot/layOut.ts';
import { type NetSettings, netParameters } from '../../src/media/netboot/parameters.ts';
import type { StartEntry } from '../../src/media/startEntry.ts';
import { packTar, type TarCompression, tarExtension } from '../../src/media/tar.ts';
import type { MediaTools } from '../../src/media/tools.ts';
import { createSandbox } from '../../src/sandbox/run.ts';
import { openBuildTools } from '../helpers/buildTools.ts';
import { runDirectory } from '../helpers/lb.ts';
import { isRoot } from '../helpers/user.ts';

const epochSeconds = 1746446400;
let tools: MediaTools;

beforeAll(async () => {
  if (!isRoot) return;
  const tree = await openBuildTools();
  tools = { run: createSandbox(tree).run, tree };
});

const net: NetSettings = {
  ...{ rootFilesystem: 'nfs', rootPath: '/srv/debian-live', rootServer: 'box', rootMountOptions: 'vers=3' },
  ...{ cowFilesystem: 'nfs', cowPath: '/srv/cow/client_mac_address', cowServer: '', cowMountOptions: '' },
};
const live: StartEntry = {
  ...{
    id: 'live-amd64',
    label: 'Live system (amd64)',
    linux: '/live/vmlinuz',
    initrd: '/live/initrd.img',
    hotkey: 'l',
  },
  append: `boot=live components locales=de_DE.UTF-8;x ${netParameters(net)}`,
};
const menu = {
  ...{ title: 'Live', entries: [live], timeoutSeconds: 5 },
  serial: { port: 0, speed: 115200 },
};

const newDirectory = (): string => mkdtempSync(runDirectory('netboot-'));

async function layOut(secureBoot: 'auto' | 'enable' | 'disable') {
  const base = newDirectory();
  const [directory, scratch] = [join(base, 'tftpboot'), join(base, 'scratch')];
  for (const path of [directory, scratch]) mkdirSync(path);
  const settings = { architecture: 'amd64', secureBoot };
  const result = await layOutNetboot(tools, { directory, settings, menu, epochSeconds, scratch });
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(directory, name)))
      .digest('hex');
  const list = execFileSync('find', ['-type', 'f', '-printf', '%P\n'], { cwd: directory, encoding: 'utf8' });
  const files = list.trim().split('\n').sort();
  return { ...result, base, directory, files, digests: Object.fromEntries(files.map((name) => [name, digest(name)])) };
}

describe.runIf(isRoot)('tftpboot/', () => {
  test.each([
    ['enable', true, ['boot.ipxe', 'bootx64.efi', 'grub/grub.cfg', 'grubx64.efi', 'mmx64.efi']],
    ['auto', true, ['boot.ipxe', 'bootx64.efi', 'grub/grub.cfg', 'grubx64.efi', 'mmx64.efi']],
    ['disable', false, ['boot.ipxe', 'bootx64.efi', 'grub/grub.cfg', 'grub/unicode.pf2']],
  ] as const)('with Secure Boot %s: the same bytes each time', async (wish, secureBoot, files) => {
    const [first, second] = [await layOut(wish), await layOut(wish)];
    expect(first).toMatchObject({ secureBoot, files });
    expect(second.digests).toEqual(first.digests);
  });

  test("GRUB's menu is one that GRUB understands", async () => {
    const { directory } = await layOut('enable');
    const path = join(directory, 'grub/grub.cfg');
    await tools.run({
      argv: ['grub-script-check', path],
      root: { kind: 'directory', path: tools.tree },
      binds: [{ source: path, target: path }],
    });
  });

  test('the GRUB that Debian signs looks in /grub, where its menu is', async () => {
    const { directory } = await layOut('enable');
    // The prefix stands behind the configuration inside (grub-mkimage: OBJ_TYPE_CONFIG, OBJ_TYPE_PREFIX).
    const image = readFileSync(join(directory, 'grubx64.efi'), 'latin1');
    expect(image).toMatch(/normal \(memdisk\)\/grub\.cfg\n[\s\S]{1,24}\/grub\0/);
  });

  test('there is no signed GRUB for i386', async () => {
    const base = newDirectory();
    const settings = { architecture: 'i386', secureBoot: 'enable' } as const;
    const options = { directory: base, settings, menu, epochSeconds, scratch: base };
    await expect(layOutNetboot(tools, options)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
  });
});

describe.runIf(isRoot)('the tar', () => {
  /** A root and a TFTP directory, made a second apart and with other modes and owners. */
  function halves(mode: number): string {
    const base = newDirectory();
    mkdirSync(join(base, 'debian-live/live'), { recursive: true });
    mkdirSync(join(base, 'tftpboot'));
    writeFileSync(join(base, 'debian-live/live/filesystem.squashfs'), 'x'.repeat(10_000), { mode });
    writeFileSync(join(base, 'debian-live/old'), 'old');
    utimesSync(join(base, 'debian-live/old'), 1000, 1000);
    symlinkSync('debian-live/live', join(base, 'debian-live/link'));
    writeFileSync(join(base, 'tftpboot/pxelinux.0'), 'y', { mode });
    return base;
  }

  async function pack(base: string, compression: TarCompression): Promise<string> {
    const output = join(newDirectory(), `x.tar${tarExtension(compression)}`);
    await packTar(tools, { output, directory: base, compression, epochSeconds });
    return output;
  }

  test.each(['none', 'gzip', 'bzip2', 'lzip', 'xz'] as const)('%s: the same bytes each time', async (compression) => {
    const first = await pack(halves(0o600), compression);
    const second = await pack(halves(0o644), compression);
    expect(Buffer.compare(readFileSync(first), readFileSync(second))).toBe(0);
  });

  test('has both halves by their names, of root, and no time after the epoch', async () => {
    const tar = await pack(halves(0o600), 'none');
    const list = execFileSync('tar', ['-tvf', tar, '--numeric-owner', '--utc', '--full-time'], { encoding: 'utf8' });
    const lines = list
      .trim()
      .split('\n')
      .map((line) => line.split(/ +/));
    expect(lines.map(([mode, owner, size, day, , ...name]) => [mode, owner, size, day, name.join(' ')])).toEqual([
      ['drwxr-xr-x', '0/0', '0', '2025-05-05', 'debian-live/'],
      ['lrwxr-xr-x', '0/0', '0', '2025-05-05', 'debian-live/link -> debian-live/live'],
      ['drwxr-xr-x', '0/0', '0', '2025-05-05', 'debian-live/live/'],
      ['-rw-r--r--', '0/0', '10000', '2025-05-05', 'debian-live/live/filesystem.squashfs'],
      ['-rw-r--r--', '0/0', '3', '1970-01-01', 'debian-live/old'],
      ['drwxr-xr-x', '0/0', '0', '2025-05-05', 'tftpboot/'],
      ['-rw-r--r--', '0/0', '1', '2025-05-05', 'tftpboot/pxelinux.0'],
    ]);
  });
});
