// Real images written to real files, with the programs of this machine as tools and judges. Needs: gdisk fdisk e2fsprogs
// exfatprogs cryptsetup-bin xorriso isolinux syslinux-common.
import {
  closeSync,
  copyFileSync,
  openSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LivewrightEvent } from '../../src/events/events.ts';
import type { RunTool } from '../../src/sandbox/types.ts';
import { dataWish, persistenceWish } from '../../src/usb/addPartitions.ts';
import { addPersistence, hasPersistence } from '../../src/usb/addPersistence.ts';
import { inspectDisc, requireDisc, writeDisc } from '../../src/usb/optical.ts';
import type { StickTools } from '../../src/usb/stickTools.ts';
import { type WriteImageOptions, writeImage } from '../../src/usb/writeStick.ts';
import {
  extractPartition,
  host,
  makeGptImage,
  makeHybridIso,
  makeLargeImage,
  makeMbrImage,
  partitionsOf,
} from '../helpers/stickImages.ts';
import { tempDirectory } from '../helpers/tempDirectory.ts';
import { runOnHost } from './hostPrograms.ts';

const MIB = 1024 * 1024;
const run: RunTool = (program) => runOnHost({ ...program, root: { kind: 'directory', path: '/' } });

interface Scene {
  readonly directory: string;
  readonly target: string;
  readonly events: LivewrightEvent[];
  write(image: string, more?: Partial<WriteImageOptions>): ReturnType<typeof writeImage>;
  tools(): Promise<StickTools>;
}

async function setScene(): Promise<Scene> {
  const directory = await tempDirectory();
  const target = join(directory, 'stick.img');
  const events: LivewrightEvent[] = [];
  const { signal } = new AbortController();
  let count = 0;
  const tools = async () => {
    const scratch = join(directory, `scratch-${count++}`);
    await mkdir(scratch);
    return { run, scratch, signal };
  };
  const write: Scene['write'] = async (imagePath, more = {}) => {
    const emit = (event: LivewrightEvent): void => void events.push(event);
    return writeImage({ imagePath, targetPath: target, tools: await tools(), emit, signal, ...more });
  };
  return { directory, target, events, write, tools };
}

/** A stick that held something else: noise everywhere. */
function makeUsedStick(path: string, sizeMib: number): void {
  host('sh', '-c', `head -c ${sizeMib}M /dev/urandom >"$1"`, 'sh', path);
}

function expectPersistence(part: string): void {
  expect(host('e2fsck', '-fn', part)).toMatch(/persistence: 12\/\d+ files/);
  expect(host('debugfs', '-R', 'cat /persistence.conf', part)).toBe('/ union\n');
  expect(host('dumpe2fs', '-h', part)).toMatch(/Filesystem volume name: +persistence\n/);
}

test('a new file holds the image and nothing else', async () => {
  const { directory, target, events, write } = await setScene();
  const image = makeGptImage(directory);
  const { sha256, isReadBackDirect } = await write(image);
  expect(readFileSync(target).equals(readFileSync(image))).toBe(true);
  expect(host('sha256sum', target)).toContain(sha256);
  expect(isReadBackDirect).toBe(true);
  const done = events.flatMap((event) => (event.type === 'step-done' ? [event.step] : []));
  expect(done).toEqual(['write', 'verify']);
});

test('zeros of a new file take no space, and a used one is overwritten with them', async () => {
  const { directory, target, write } = await setScene();
  const image = makeLargeImage(directory, 64);
  await write(image);
  expect(statSync(target).blocks * 512).toBeLessThan(8 * MIB);
  makeUsedStick(target, 70);
  await write(image);
  expect(
    readFileSync(target)
      .subarray(0, 64 * MIB)
      .equals(readFileSync(image)),
  ).toBe(true);
  expect(statSync(target).size).toBe(70 * MIB);
});

test('persistence and data on the rest of a used stick: two tables that agree, two sound file systems', async () => {
  const { directory, target, write } = await setScene();
  const image = makeGptImage(directory);
  makeUsedStick(target, 400);
  await write(image, { wishes: [persistenceWish({ sizeBytes: 200 * MIB }), dataWish({ label: 'STICK' })] });
  expect(host('sgdisk', '-v', target)).toContain('No problems found.');
  expect(host('sfdisk', '--verify', target)).toContain('No errors detected.');
  const [efi, persistence, data] = partitionsOf(target);
  expect(efi).toEqual({ ...partitionsOf(image)[0], node: `${target}1` });
  expect(persistence).toMatchObject({
    type: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
    name: 'persistence',
    start: 22 * 2048,
    size: 200 * 2048,
  });
  expect(data).toMatchObject({ type: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7', name: 'STICK', start: 222 * 2048 });
  expect(statSync(target).size).toBe(400 * MIB);
  expectPersistence(extractPartition(target, persistence!));
  const exfat = extractPartition(target, data!);
  expect(host('fsck.exfat', '-n', exfat)).toContain('clean');
  expect(host('blkid', '-p', '-o', 'export', exfat)).toMatch(/LABEL=STICK\n[\s\S]*TYPE=exfat/);
  // Outside of its table the image is untouched.
  const [was, is] = [readFileSync(image), readFileSync(target)];
  expect(is.subarray(MIB, 20 * MIB).equals(was.subarray(MIB, 20 * MIB))).toBe(true);
});

test('the same image gives the same table and the same ids of file systems on any file', async () => {
  const { directory, write } = await setScene();
  const image = makeGptImage(directory);
  const wishes = [persistenceWish({ sizeBytes: 100 * MIB }), dataWish({ sizeBytes: 50 * MIB })];
  const made = [];
  for (const name of ['one.img', 'two.img']) {
    const targetPath = join(directory, name);
    await write(image, { wishes, targetPath });
    made.push({
      table: host('sfdisk', '--dump', targetPath).replaceAll(name, ''),
      parts: partitionsOf(targetPath).map((part) => extractPartition(targetPath, part)),
    });
  }
  const [one, two] = made;
  expect(one?.table).toBe(two?.table);
  const ids = (part: string) => host('blkid', '-p', '-o', 'export', part).replace(/^DEVNAME=.*$/m, '');
  expect(one?.parts.slice(1).map(ids)).toEqual(two?.parts.slice(1).map(ids));
});

test.each([
  ["live-build's hybrid ISO", makeHybridIso, 2],
  ['an hdd image with an MBR', makeMbrImage, 1],
] as const)('%s gets a partition in its MBR', async (_, make, slot) => {
  const { directory, target, write } = await setScene();
  const image = make(directory);
  makeUsedStick(target, 200);
  await write(image, { wishes: [persistenceWish({})] });
  const [was, is] = [readFileSync(image), readFileSync(target)];
  const entry = 446 + 16 * slot;
  expect(is.subarray(0, entry).equals(was.subarray(0, entry))).toBe(true);
  expect(is.subarray(entry + 16, was.length).equals(was.subarray(entry + 16))).toBe(true);
  const persistence = { start: is.readUInt32LE(entry + 8), size: is.readUInt32LE(entry + 12), type: '' };
  expect(is.readUInt8(entry + 4)).toBe(0x83);
  expect(persistence.start * 512).toBe(Math.ceil(was.length / MIB) * MIB);
  expect((persistence.start + persistence.size) * 512).toBe(200 * MIB);
  expectPersistence(extractPartition(target, persistence));
  // What Linux will see of it (libblkid, as in udev).
  const seen = JSON.parse(host('sfdisk', '--json', target)).partitiontable;
  expect(seen.label).toBe('dos');
  expect(seen.partitions.at(-1)).toMatchObject({ start: persistence.start, size: persistence.size, type: '83' });
});

test('encrypted: cryptsetup opens it with the passphrase, decrypts it, and finds the file system', async () => {
  const { directory, target, write } = await setScene();
  const image = makeGptImage(directory);
  makeUsedStick(target, 300);
  const passphrase = 'ein gutes Wört';
  await write(image, { wishes: [persistenceWish({ isEncrypted: true })], passphrase: Buffer.from(passphrase) });
  const part = extractPartition(target, partitionsOf(target)[1]!);
  const dump = host('cryptsetup', 'luksDump', part);
  expect(dump).toMatch(
    /Version: +\t2\n[\s\S]*Label: +\tpersistence\n[\s\S]*cipher: aes-xts-plain64\n[\s\S]*PBKDF: +argon2id\n/,
  );
  const [good, bad] = [join(directory, 'good'), join(directory, 'bad')];
  writeFileSync(good, passphrase);
  writeFileSync(bad, `${passphrase} `);
  host('cryptsetup', 'open', '--test-passphrase', '--key-file', good, part);
  expect(() => host('cryptsetup', 'open', '--test-passphrase', '--key-file', bad, part)).toThrow('No key available');
  // In user space and by another program than wrote it.
  const decrypt = ['reencrypt', '--decrypt', '--batch-mode', '--force-offline-reencrypt'];
  host('cryptsetup', ...decrypt, '--key-file', good, '--header', join(directory, 'header'), part);
  expectPersistence(part);
});

test('nothing of the volume key stays behind', async () => {
  const { directory, write } = await setScene();
  await write(makeGptImage(directory), {
    wishes: [persistenceWish({ sizeBytes: 128 * MIB, isEncrypted: true })],
    passphrase: Buffer.from('x'),
  });
  expect(host('find', '/dev/shm', '-name', '*livewright*')).toBe('');
});

test.each([
  ['the image file itself, which grows', 0],
  ['a file that was made larger', 500],
])('persistence is added later: %s', async (_, sizeMib) => {
  const { directory, target, write, tools } = await setScene();
  await write(makeGptImage(directory));
  if (sizeMib > 0) truncateSync(target, sizeMib * MIB);
  expect(await hasPersistence(target)).toBe(false);
  const options = sizeMib > 0 ? {} : { sizeBytes: 80 * MIB };
  const { sizeBytes, startBytes } = await addPersistence(await tools(), { target, ...options });
  expect(host('sgdisk', '-v', target)).toContain('No problems found.');
  const part = partitionsOf(target)[1];
  expect(part).toMatchObject({ start: startBytes / 512, size: sizeBytes / 512, name: 'persistence' });
  expectPersistence(extractPartition(target, part!));
  expect(await hasPersistence(target)).toBe(true);
  const again = addPersistence(await tools(), { target });
  await expect(again).rejects.toMatchObject({ code: 'PARTITION_IMPOSSIBLE' });
});

/** Calls `act` once, at the first event that `isWanted`. */
function once(isWanted: (event: LivewrightEvent) => boolean, act: () => void) {
  let isDone = false;
  return (event: LivewrightEvent): void => {
    if (isDone || !isWanted(event)) return;
    isDone = true;
    act();
  };
}

const starts = (step: string) => (event: LivewrightEvent) => event.type === 'step-started' && event.step === step;

function flip(path: string, offset: number): void {
  const file = openSync(path, 'r+');
  const [byte = 0] = readFileSync(path).subarray(offset, offset + 1);
  writeSync(file, Buffer.from([byte ^ 1]), 0, 1, offset);
  closeSync(file);
}

test('a byte that the stick returns wrong is found and named', async () => {
  const { directory, target, write } = await setScene();
  const emit = once(starts('verify'), () => flip(target, 12_345_678));
  const failure = { code: 'VERIFY_FAILED', data: { path: target, offset: 12_345_678 } };
  await expect(write(makeGptImage(directory), { emit })).rejects.toMatchObject(failure);
});

test('an image that a build replaces meanwhile is not blamed on the stick', async () => {
  const { directory, write } = await setScene();
  const image = makeGptImage(directory);
  const emit = once(starts('verify'), () => flip(image, 12_345_678));
  await expect(write(image, { emit })).rejects.toMatchObject({
    code: 'VERIFY_FAILED',
    message: expect.stringContaining('The image was changed'),
  });
});

test.each([
  ['write', /not bootable: .* of .* were written/],
  ['verify', /holds the whole image, but is not verified/],
  ['add', /boots, but the partitions behind it are not there yet/],
])('stopped at "%s" it says what the stick is good for', async (step, state) => {
  const { directory, target, write } = await setScene();
  const image = makeGptImage(directory, 40);
  makeUsedStick(target, 300);
  const controller = new AbortController();
  const { LivewrightError } = await import('../../src/errors.ts');
  const reason = new LivewrightError('INTERRUPTED', { message: 'Stopped by Ctrl-C.' });
  const emit = once(starts(step), () => controller.abort(reason));
  const wishes = [persistenceWish({})];
  await expect(write(image, { emit, wishes, signal: controller.signal })).rejects.toMatchObject({
    code: 'INTERRUPTED',
    message: expect.stringMatching(state),
  });
  const parts = step === 'write' ? undefined : partitionsOf(target).length;
  expect(parts).toBe(step === 'write' ? undefined : 1);
});

test('what cannot work is refused before the first byte', async () => {
  const { directory, target, events, write } = await setScene();
  const image = makeGptImage(directory);
  makeUsedStick(target, 30);
  const before = host('sha256sum', target);
  await expect(write(image, { wishes: [persistenceWish({})] })).rejects.toMatchObject({ code: 'PARTITION_IMPOSSIBLE' });
  copyFileSync(image, `${image}.cut`);
  truncateSync(`${image}.cut`, 10 * MIB);
  await expect(write(`${image}.cut`)).rejects.toMatchObject({ code: 'IMAGE_DAMAGED' });
  await expect(write('/etc/passwd')).rejects.toMatchObject({ code: 'IMAGE_DAMAGED' });
  for (const targetPath of ['/dev/null', '/dev/nosuchdrive', directory]) {
    await expect(write(image, { targetPath })).rejects.toMatchObject({ code: 'DEVICE_REFUSED' });
  }
  expect(host('sha256sum', target)).toBe(before);
  expect(events).toEqual([]);
});

test('a disc: xorriso tells blank from written, burns, and the image is read back', async () => {
  const { directory } = await setScene();
  const image = makeHybridIso(directory);
  const device = `stdio:${join(directory, 'disc')}`;
  const { signal } = new AbortController();
  const blank = await inspectDisc({ run, signal }, device);
  expect(blank).toMatchObject({ isBlank: true, isRewritable: true });
  const sizeBytes = statSync(image).size;
  requireDisc(blank, device, sizeBytes);
  const events: LivewrightEvent[] = [];
  const job = {
    image: { path: image, sizeBytes },
    device,
    tools: { run, signal },
    emit: (event: LivewrightEvent) => void events.push(event),
    signal,
  };
  const { sha256 } = await writeDisc(job);
  expect(host('sha256sum', image)).toContain(sha256);
  expect(readFileSync(join(directory, 'disc')).subarray(0, sizeBytes).equals(readFileSync(image))).toBe(true);
  expect(await inspectDisc({ run, signal }, device)).toMatchObject({ isBlank: false, isRewritable: true });
  await expect(inspectDisc({ run, signal }, '/dev/null')).rejects.toMatchObject({ code: 'DEVICE_UNUSABLE' });
  const wrong = { ...job, emit: once(starts('verify'), () => flip(join(directory, 'disc'), 5_000_000)) };
  await expect(writeDisc(wrong)).rejects.toMatchObject({ code: 'VERIFY_FAILED', data: { offset: 5_000_000 } });
});
