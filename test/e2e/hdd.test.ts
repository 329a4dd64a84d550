// Disk images by the programs of the tools tree, judged by those who own the formats, and started in QEMU. Needs root.
import { execFileSync } from 'node:child_process';
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readAt, writeActiveEntry } from '../../src/media/hdd/bootCode.ts';
import { buildHdd } from '../../src/media/hdd/hdd.ts';
import { patchSyslinux } from '../../src/media/hdd/patchArea.ts';
import { extractSyslinux, installSyslinux } from '../../src/media/hdd/syslinux.ts';
import type { HddSettings } from '../../src/media/hdd/types.ts';
import { testEpochSeconds } from '../../src/media/testSettings.ts';
import type { MediaTools } from '../../src/media/tools.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/run.ts';
import { openTools } from '../helpers/buildTools.ts';
import { diskUuid, makeSmallMedium, menuTitle } from '../helpers/hddMedium.ts';
import { runDirectory } from '../helpers/lb.ts';
import { bootUntil } from '../helpers/quickBoot.ts';
import { isRoot } from '../helpers/user.ts';

const defaults: HddSettings = {
  filesystem: 'fat32',
  label: 'DEBIAN_LIVE',
  sizeMib: undefined,
  partitionStart: '',
  biosLoader: 'syslinux',
  efiLoader: 'grub-efi',
};

/** For a boot loader to show its menu; it takes seconds. */
const timeoutMs = 180_000;

let sandbox: Sandbox;
let tools: MediaTools;
let vmTree: string;

beforeAll(async () => {
  if (!isRoot) return;
  const tree = await openTools('build');
  sandbox = createSandbox(tree);
  tools = { run: sandbox.run, tree };
  vmTree = await openTools('vm');
});

interface Made {
  readonly settings: HddSettings;
  readonly root: string;
  readonly directory: string;
  readonly scratch: string;
  readonly output: string;
}

async function prepare(changes: Partial<HddSettings> = {}, secureBoot: 'auto' | 'disable' = 'auto'): Promise<Made> {
  const root = await mkdtemp(runDirectory('hdd-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const [directory, scratch, out] = [join(root, 'medium'), join(root, 'scratch'), join(root, 'out')];
  for (const path of [directory, scratch, out]) await mkdir(path);
  const settings = { ...defaults, ...changes };
  await makeSmallMedium(tools, { directory, scratch, settings, secureBoot });
  return { settings, root, directory, scratch, output: join(out, 'live.img') };
}

function build(made: Made, changes: Partial<HddSettings> = {}, onProgress?: (done: number, total: number) => void) {
  const { directory, scratch, output } = made;
  const settings = { ...made.settings, ...changes };
  const common = { directory, scratch, output, settings, uuid: diskUuid, epochSeconds: testEpochSeconds };
  return buildHdd(tools, { ...common, ...(onProgress ? { onProgress } : {}) });
}

async function make(changes: Partial<HddSettings> = {}): Promise<Made> {
  const made = await prepare(changes);
  await build(made);
  return made;
}

/** A program of the tools tree, as judge. */
async function ask(made: Pick<Made, 'root'>, ...argv: string[]): Promise<string> {
  const binds = [{ source: made.root, target: made.root, writable: true }];
  const { stdout } = await sandbox.runTool({ argv, binds, env: { MTOOLSRC: '/dev/null', TZ: 'UTC' } });
  return stdout;
}

interface Partition {
  readonly start: number;
  readonly size: number;
  readonly type: string;
  readonly name?: string;
  readonly attrs?: string;
}

async function partitionsOf(made: Made): Promise<Partition[]> {
  return JSON.parse(await ask(made, 'sfdisk', '--json', made.output)).partitiontable.partitions;
}

/** The data partition as a file of its own. */
async function dataOf(made: Made): Promise<string> {
  const [{ start, size } = { start: 0, size: 0 }] = await partitionsOf(made);
  const path = join(made.root, 'data.img');
  await writeFile(path, await readAt(made.output, start * 512, size * 512));
  return path;
}

async function checkFileSystem(made: Made, data: string): Promise<void> {
  const isFat = made.settings.filesystem.startsWith('fat');
  await ask(made, ...(isFat ? ['fsck.fat', '-n', data] : ['e2fsck', '-f', '-n', data]));
}

/** All files of the data partition, as they come out of it. */
async function unpack(made: Made, data: string): Promise<string> {
  const target = join(made.root, 'unpacked');
  await mkdir(target);
  if (made.settings.filesystem.startsWith('fat')) await ask(made, 'mcopy', '-s', '-i', data, '::', target);
  else await ask(made, 'debugfs', '-R', `rdump / ${target}`, data);
  return target;
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1)).sort();
}

async function expectSameFiles(made: Made, unpacked: string, more: readonly string[]): Promise<void> {
  const wanted = await filesOf(made.directory);
  expect(await filesOf(unpacked)).toEqual([...new Set([...wanted, ...more])].sort());
  for (const path of wanted.filter((name) => !more.includes(name))) {
    const [a, b] = [await readFile(join(made.directory, path)), await readFile(join(unpacked, path))];
    expect(Buffer.compare(a, b), path).toBe(0);
  }
}

describe.runIf(isRoot)('a disk image', () => {
  test.each([
    ['fat16', 'syslinux', 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7'],
    ['fat32', 'syslinux', 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7'],
    ['ext2', 'boot/extlinux', '0FC63DAF-8483-4772-8E79-3D69D8477DE4'],
    ['ext3', 'boot/extlinux', '0FC63DAF-8483-4772-8E79-3D69D8477DE4'],
    ['ext4', 'boot/extlinux', '0FC63DAF-8483-4772-8E79-3D69D8477DE4'],
  ] as const)('of %s has a valid GPT and a clean file system with every file', async (filesystem, own, type) => {
    const made = await make({ filesystem });
    expect((await stat(made.output)).mtimeMs).toBe(testEpochSeconds * 1000);
    expect((await stat(made.output)).size % 2 ** 20).toBe(0);
    expect(execFileSync('sgdisk', ['-v', made.output], { encoding: 'utf8' })).toContain('No problems found.');
    const [data, efi, ...others] = await partitionsOf(made);
    expect(data).toMatchObject({ start: 2048, type, name: 'DEBIAN_LIVE', attrs: 'LegacyBIOSBootable' });
    expect(efi).toMatchObject({ type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', name: 'EFI' });
    expect(others).toEqual([]);
    const file = await dataOf(made);
    await checkFileSystem(made, file);
    expect(await ask(made, 'blkid', '-p', '-s', 'LABEL', '-o', 'value', file)).toBe('DEBIAN_LIVE');
    const loader = [`${own}/ldlinux.sys`, `${own}/ldlinux.c32`];
    const links = filesystem.startsWith('fat') ? ['boot/linux'] : [];
    await expectSameFiles(made, await unpack(made, file), [...loader, ...links]);
    // The EFI partition holds the EFI image of the medium.
    const image = await readFile(join(made.directory, 'boot/grub/efi.img'));
    expect(Buffer.compare(await readAt(made.output, efi!.start * 512, image.length), image)).toBe(0);
  });

  test.each(['fat32', 'ext4'] as const)(
    'of %s has the same bytes on another day, from other files',
    async (filesystem) => {
      const made = await make({ filesystem });
      const other = await prepare({ filesystem });
      // Same content: listed in another order, by another owner, read and changed at other times.
      const again = join(other.root, 'again');
      await mkdir(again);
      const names = (await readdir(other.directory)).sort().reverse();
      for (const name of names)
        await cp(join(other.directory, name), join(again, name), { recursive: true, verbatimSymlinks: true });
      await rm(join(again, 'live/vmlinuz'));
      execFileSync('ln', [join(again, 'live/vmlinuz-6.12.30-amd64'), join(again, 'live/vmlinuz')]);
      execFileSync('chown', ['-R', '1234:5678', again]);
      await utimes(join(again, 'live/filesystem.squashfs'), 5, 7);
      await new Promise((resolve) => setTimeout(resolve, 2100));
      await build({ ...other, directory: again });
      expect(execFileSync('cmp', [made.output, other.output], { encoding: 'utf8' })).toBe('');
    },
  );

  test('reports how far it is', async () => {
    const made = await prepare();
    const seen: [number, number][] = [];
    await build(made, {}, (done, total) => seen.push([done, total]));
    const [done, total] = seen.at(-1)!;
    expect(done).toBe(total);
    expect(total).toBeGreaterThan(3 * 2 ** 20);
    expect(seen.every(([part, whole]) => part <= whole && whole === total)).toBe(true);
  });

  test('has the size, the start and the names that were asked for', async () => {
    const made = await make({ sizeMib: 120, partitionStart: '63s', label: 'MY STICK', filesystem: 'fat16' });
    expect((await stat(made.output)).size).toBe(120 * 2 ** 20);
    const [data, efi] = await partitionsOf(made);
    expect(data).toMatchObject({ start: 63, name: 'MY STICK' });
    expect(data!.start + data!.size).toBe(efi!.start);
    const file = await dataOf(made);
    await checkFileSystem(made, file);
    expect(await ask(made, 'mlabel', '-i', file, '-s', '::')).toContain('MY STICK');
  });

  test('can be written to a bigger disk and gets a further partition there', async () => {
    const made = await make();
    await truncate(made.output, (await stat(made.output)).size + 50 * 2 ** 20 + 512 * 77);
    const before = await readAt(made.output, 0, 440);
    const binds = [{ source: made.root, target: made.root, writable: true }];
    const argv = ['sfdisk', '--append', '--no-reread', '--no-tell-kernel', made.output];
    await sandbox.runTool({ argv, binds, input: 'size=+, name="persistence"\n' });
    expect(execFileSync('sgdisk', ['-v', made.output], { encoding: 'utf8' })).toContain('No problems found.');
    const partitions = await partitionsOf(made);
    expect(partitions.map(({ name }) => name)).toEqual(['DEBIAN_LIVE', 'EFI', 'persistence']);
    expect(partitions[2]!.size).toBeGreaterThan(49 * 2048);
    expect(await readAt(made.output, 0, 440)).toEqual(before);
    await writeActiveEntry(made.output);
    expect(execFileSync('sgdisk', ['-v', made.output], { encoding: 'utf8' })).toContain('No problems found.');
    expect((await partitionsOf(made)).length).toBe(3);
    for (const firmware of ['bios', 'uefi-secure'] as const) {
      await bootUntil(new RegExp(menuTitle), {
        sandbox,
        toolsRoot: vmTree,
        imagePath: made.output,
        firmware,
        timeoutMs,
      });
    }
  });
});

describe.runIf(isRoot)('refused before anything is written', () => {
  test.each([
    ['a label that is too long', { label: 'DEBIAN_LIVE_13' }, 'is 14 bytes long, and fat32 holds at most 11'],
    ['a size that is too small', { sizeMib: 20 }, /A disk image of 20 MiB .* takes \d+ MiB/],
    ['a start in the partition table', { partitionStart: '1s' }, 'lies in the partition table'],
    ['FAT16 beyond 2 GiB', { filesystem: 'fat16', sizeMib: 3000 }, 'fat16 ends at 2 GiB'],
    ['NTFS', { filesystem: 'ntfs', biosLoader: 'none' }, 'Disk images with ntfs are not made'],
    ['a loader that is not there', { biosLoader: 'grub-pc' }, 'The medium has no boot/grub/i386-pc/normal.mod'],
  ] as const)('%s', async (_, changes, message) => {
    const made = await prepare();
    await expect(build(made, changes)).rejects.toThrow(message);
    await expect(stat(made.output)).rejects.toThrow('ENOENT');
  });

  test('a file of 4 GiB on FAT, which ext4 holds', async () => {
    const made = await prepare();
    await truncate(join(made.directory, 'live/filesystem.squashfs'), 2 ** 32 - 1);
    await appendFile(join(made.directory, 'live/filesystem.squashfs'), 'x');
    await expect(build(made)).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      message: '"live/filesystem.squashfs" has 4.0 GiB (4294967296 bytes), and a file on fat32 has less than 4 GiB.',
      hint: expect.stringContaining('--binary-filesystem ext4'),
    });
    await expect(stat(made.output)).rejects.toThrow('ENOENT');
    const ext = await prepare({ filesystem: 'ext4' });
    await truncate(join(ext.directory, 'live/filesystem.squashfs'), 2 ** 32 + 5);
    await build(ext);
    const [{ start } = { start: 0 }] = await partitionsOf(ext);
    await ask(ext, 'e2fsck', '-f', '-n', `${ext.output}?offset=${start * 512}`);
  });

  test('names that FAT cannot tell apart or hold', async () => {
    const made = await prepare();
    await writeFile(join(made.directory, 'readme with a long name.HTML'), '');
    await expect(build(made)).rejects.toThrow('differs from "README with a long Name.html" only in case');
    await rm(join(made.directory, 'readme with a long name.HTML'));
    await writeFile(join(made.directory, 'live/a:b'), '');
    await expect(build(made)).rejects.toThrow('"live/a:b" of the medium has a character that FAT does not allow');
  });
});

test.runIf(isRoot)('syslinux is fitted to a place just as syslinux itself does it', async () => {
  const root = await mkdtemp(runDirectory('hdd-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const common = { scratch: root, epochSeconds: testEpochSeconds };
  const parts = await extractSyslinux(tools, common);
  // Elsewhere: on a big FAT32, behind another file, in a directory.
  const image = join(root, 'other.img');
  await writeFile(image, '');
  await truncate(image, 64 * 2 ** 20);
  await writeFile(join(root, 'filler'), Buffer.alloc(200_000, 1));
  await ask({ root }, 'mkfs.fat', '-F', '32', '-s', '1', image);
  await ask({ root }, 'mmd', '-i', image, '::boot', '::boot/extlinux');
  await ask({ root }, 'mcopy', '-i', image, join(root, 'filler'), '::');
  await installSyslinux(tools, { image, offsetBytes: 0, directory: '/boot/extlinux', write: root, epochSeconds: 0 });
  const bytes = await readFile(image);
  // The end of the loader is the same wherever it is.
  const end = bytes.lastIndexOf(parts.loader.subarray(-8192, -1024)) + 8192;
  const written = bytes.subarray(end - parts.loader.length, end);
  const first = (end - parts.loader.length) / 512;
  const sectors = Array.from({ length: parts.loader.length / 512 }, (_, index) => first + index);
  const fitted = patchSyslinux(parts, { sectors, directory: '/boot/extlinux' });
  expect(Buffer.compare(fitted.loader, written)).toBe(0);
  expect(Buffer.compare(fitted.bootSector.subarray(0x5a), bytes.subarray(0x5a, 512))).toBe(0);
});

describe.runIf(isRoot)('in a machine, the menu comes up', () => {
  test('from a stick that is bigger than the image, too', async () => {
    const { output } = await make();
    await truncate(output, (await stat(output)).size + 99 * 2 ** 20);
    for (const firmware of ['bios', 'uefi-secure'] as const) {
      await bootUntil(new RegExp(menuTitle), { sandbox, toolsRoot: vmTree, imagePath: output, firmware, timeoutMs });
    }
  });

  const boots = [
    ['FAT32, by syslinux', {}, 'bios'],
    ['FAT16 from 63s, by syslinux', { filesystem: 'fat16', partitionStart: '63s' }, 'bios'],
    ['ext2, by extlinux', { filesystem: 'ext2' }, 'bios'],
    ['ext3, by extlinux', { filesystem: 'ext3' }, 'bios'],
    ['ext4, by extlinux', { filesystem: 'ext4', efiLoader: 'none' }, 'bios'],
    ['FAT32, by GRUB', { biosLoader: 'grub-pc' }, 'bios'],
    ['ext4, by GRUB', { biosLoader: 'grub-pc', filesystem: 'ext4' }, 'bios'],
    ['FAT32, by UEFI with Secure Boot', {}, 'uefi-secure'],
    ['ext4, by UEFI with Secure Boot', { filesystem: 'ext4' }, 'uefi-secure'],
    ['ext4, by 32-bit UEFI', { filesystem: 'ext4' }, 'uefi-ia32'],
  ] as const;

  test.each(boots)('%s', async (_, changes, firmware) => {
    const { output } = await make(changes);
    const boot = { sandbox, toolsRoot: vmTree, imagePath: output, firmware, timeoutMs };
    const isGrub = firmware !== 'bios' || ('biosLoader' in changes && changes.biosLoader === 'grub-pc');
    const loader = isGrub ? 'GNU GRUB +version 2' : 'SYSLINUX 6';
    // GRUB's entry bears the title; syslinux's stands below it.
    const wanted = isGrub ? `First entry of Trixie: ${menuTitle}` : `${menuTitle}[^]*First entry`;
    await bootUntil(new RegExp(`${loader}[^]*${wanted}`), boot);
  });

  test("from the data partition's own EFI/boot, by firmware that takes the first FAT whatever its type", async () => {
    const made = await prepare();
    await build(made, { efiLoader: 'none' });
    expect((await partitionsOf(made)).length).toBe(1);
    const boot = { sandbox, toolsRoot: vmTree, imagePath: made.output, timeoutMs };
    await bootUntil(new RegExp(`First entry of Trixie: ${menuTitle}`), { ...boot, firmware: 'uefi-secure' });
  });

  test('but not of unsigned loaders where Secure Boot is on', async () => {
    const made = await prepare({}, 'disable');
    await build(made);
    const boot = { sandbox, toolsRoot: vmTree, imagePath: made.output, timeoutMs };
    await bootUntil(/BdsDxe: failed to load .*Access Denied/, { ...boot, firmware: 'uefi-secure' });
    await bootUntil(new RegExp(`First entry of Trixie: ${menuTitle}`), { ...boot, firmware: 'uefi' });
  });
});
