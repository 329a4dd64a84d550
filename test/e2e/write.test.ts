// `lb write` as a user types it, on loop devices for sticks. Needs root, and fdisk e2fsprogs gdisk cryptsetup-bin.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Finished, lb, lbSucceeds, runDirectory, type Scene, startLb } from '../helpers/lb.ts';
import { extractPartition, host, makeGptImage, makeLargeImage, partitionsOf } from '../helpers/stickImages.ts';
import { addUser, isRoot, removeUser, type User } from '../helpers/user.ts';

const MIB = 1024 * 1024;
let count = 0;

function newDirectory(): string {
  const directory = runDirectory('write', String(count++));
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** Apart from the store that builds share: it must be empty before the first of them. */
function at(directory: string): Scene {
  return { directory, store: runDirectory('store-stick') };
}

interface Stick {
  readonly device: string;
  readonly file: string;
}

/** A loop device with noise on it: all that a stick is to lb write. */
function plugIn(directory: string, sizeMib: number, ...options: string[]): Stick {
  const file = join(directory, 'stick');
  host('sh', '-c', `head -c ${sizeMib}M /dev/urandom >"$1"`, 'sh', file);
  const device = host('losetup', '--find', '--show', ...options, file).trim();
  onTestFinished(() => void host('losetup', '--detach', device));
  return { device, file };
}

function expectTold({ exitCode, stderr }: Finished, code: string, sentence: RegExp, expected = 2): void {
  expect(stderr).toMatch(sentence);
  expect(stderr).toContain(`[${code}]`);
  expect(exitCode).toBe(expected);
}

describe.runIf(isRoot)('a stick', () => {
  test('is written with persistence, read back from itself, and sound', async () => {
    const directory = newDirectory();
    const image = makeGptImage(directory);
    const { device } = plugIn(directory, 300);
    const { events } = await lbSucceeds(['write', '--yes', '--json', '--persistence', image, device], at(directory));
    const told = events.find(({ type }) => type === 'stick-written');
    const sha256 = host('sha256sum', image).split(' ')[0];
    expect(told).toMatchObject({
      target: device,
      image,
      sha256,
      isReadBackDirect: true,
      sizeBytes: statSync(image).size,
    });
    expect(host('sgdisk', '-v', device)).toContain('No problems found.');
    const part = extractPartition(device.replace('/dev/', `${directory}/`), await copied(device, directory));
    expect(host('e2fsck', '-fn', part)).toMatch(/persistence: 12\//);
    const { stdout } = await lbSucceeds(['write', '--list'], at(directory));
    expect(stdout).toMatch(
      new RegExp(`may be written to:\\n[\\s\\S]*${device} +315 MB, loop\\n +loop\\d+: gpt partition table with 2`),
    );
  });

  test('is asked about, and nobody there to answer is no yes', async () => {
    const directory = newDirectory();
    const image = makeGptImage(directory);
    const { device } = plugIn(directory, 30);
    const before = host('sha256sum', device);
    expectTold(await lb(['write', image, device], at(directory)), 'NOT_CONFIRMED', /no terminal to ask/, 1);
    const no = await atTerminal(['write', image, device], { directory, typed: '\r' });
    expect(no.output).toMatch(/to: +\/dev\/loop\d+, 31.5 MB, loop\r\n[\s\S]*Go on\? \[y\/N\]/);
    expect(no.output).toContain('[NOT_CONFIRMED]');
    expect(host('sha256sum', device)).toBe(before);
    const yes = await atTerminal(['write', image, device], { directory, typed: 'y\r' });
    expect(yes.output).toContain('read back and compared');
    expect(host('cmp', '-n', String(statSync(image).size), image, device)).toBe('');
  });

  test('asks for a passphrase twice, without showing it', async () => {
    const directory = newDirectory();
    const image = makeGptImage(directory);
    const target = join(directory, 'new.img');
    const words = ['write', image, target, '--persistence=100M', '--encrypt'];
    const different = await atTerminal(words, { directory, typed: 'one\rtwo\r' });
    expect(different.output).toMatch(/Passphrase[\s\S]*once more[\s\S]*not the same/);
    const { output } = await atTerminal(words, { directory, typed: 'gehexm\x7f\x7fim\rgeheim\r' });
    expect(output).toContain('read back and compared');
    expect(output).not.toMatch(/gehe/);
    const part = extractPartition(target, partitionsOf(target)[1]!);
    writeFileSync(join(directory, 'passphrase'), 'geheim');
    host('cryptsetup', 'open', '--test-passphrase', '--key-file', join(directory, 'passphrase'), part);
  });

  test('that is mounted is refused, with the way out', async () => {
    const directory = newDirectory();
    const image = makeGptImage(directory);
    const { device } = plugIn(directory, 30);
    host('mke2fs', '-q', '-t', 'ext4', device);
    const mountPoint = join(directory, 'a place');
    mkdirSync(mountPoint);
    host('mount', device, mountPoint);
    onTestFinished(() => void execFileSync('umount', ['--lazy', mountPoint]));
    const refused = await lb(['write', '--yes', image, device], at(directory));
    expectTold(refused, 'DEVICE_REFUSED', new RegExp(`${device} is mounted: .*a place`));
    expect(refused.stderr).toContain(`sudo umount '${mountPoint}'`);
  });

  test('that something out of sight has claimed is refused by the kernel', async () => {
    const directory = newDirectory();
    const image = makeGptImage(directory);
    const { device } = plugIn(directory, 30);
    host('mke2fs', '-q', '-t', 'ext4', device);
    const script = `mkdir "$2" && mount "$1" "$2" && echo mounted && exec sleep 60`;
    const hidden = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', device, join(directory, 'hidden')]);
    onTestFinished(async () => {
      hidden.kill('SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    await new Promise((resolve) => hidden.stdout.once('data', resolve));
    expectTold(await lb(['write', '--yes', image, device], at(directory)), 'DEVICE_UNUSABLE', /is in use/, 1);
  });

  test('too small, read-only, a partition, the disk of this system: refused before anything is written', async () => {
    const directory = newDirectory();
    const image = makeGptImage(directory);
    const small = plugIn(directory, 10);
    expectTold(
      await lb(['write', '--yes', image, small.device], at(directory)),
      'DEVICE_REFUSED',
      /too small: it has 10\.5 MB/,
    );
    const locked = newDirectory();
    const { device } = plugIn(locked, 30, '--read-only');
    expectTold(await lb(['write', '--yes', image, device], at(directory)), 'DEVICE_REFUSED', /is read-only/);
    const root = host('findmnt', '--noheadings', '--output', 'SOURCE', '--nofsroot', '/').trim();
    if (root.startsWith('/dev/')) {
      const refused = await lb(['write', '--yes', '--internal-disk', image, root], at(directory));
      expectTold(refused, 'DEVICE_REFUSED', /this system runs from|is a partition|is no disk/);
    }
  });

  test.each([
    ['pulled out while it is written', 'write', /does not answer any more[^.]*\. .* is not bootable: .* were written/],
    ['pulled out while it is read back', 'verify', /does not answer any more[^.]*\. .* is not verified/],
  ])('%s', async (_, step, sentence) => {
    const directory = newDirectory();
    const image = makeLargeImage(directory, 3000);
    const { device, file } = plugIn(directory, 1);
    truncateSync(file, 3100 * MIB);
    host('losetup', '--set-capacity', device);
    const running = startLb(['write', '--yes', '--json', image, device], at(directory));
    await running.waitFor((event) => event.type === 'step-progress' && event.step === step && event.done > 0);
    // What the kernel does with a drive that is gone: its size becomes 0 (blk_mark_disk_dead).
    truncateSync(file, 0);
    host('losetup', '--set-capacity', device);
    expectTold(await running.finished, 'WRITE_FAILED', sentence, 1);
  });

  test('stopped by Ctrl-C says what it is good for', async () => {
    const directory = newDirectory();
    const image = makeLargeImage(directory, 3000);
    const { device, file } = plugIn(directory, 1);
    truncateSync(file, 3100 * MIB);
    host('losetup', '--set-capacity', device);
    const running = startLb(['write', '--yes', '--json', image, device], at(directory));
    await running.waitFor((event) => event.type === 'step-progress' && event.step === 'write');
    running.child.kill('SIGINT');
    const finished = await running.finished;
    expectTold(finished, 'INTERRUPTED', /Stopped by Ctrl-C\. .* is not bootable: .* of 3\.1 GB were written/, 1);
  });
});

/** The partitions of a device, and a copy of it beside, as extractPartition wants one. */
async function copied(device: string, directory: string) {
  host('cp', '--sparse=always', device, device.replace('/dev/', `${directory}/`));
  return partitionsOf(device)[1]!;
}

/** `lb` at a terminal of its own (script(1)), with keys that come one after the other. */
function atTerminal(
  words: readonly string[],
  { directory, typed }: Scene & { typed: string },
): Promise<{ output: string }> {
  const line = [process.execPath, runDirectory('livewright/bin/lb.js'), ...words].map((word) => `'${word}'`).join(' ');
  const env = { ...process.env, LIVEWRIGHT_STORE: at(directory).store, NO_COLOR: '1' };
  const child = spawn('script', ['--quiet', '--return', '--command', `stty cols 120; ${line}`, '/dev/null'], {
    cwd: directory,
    env,
  });
  let output = '';
  let left = typed;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    // A line is typed at each question: what comes too early is echoed by the terminal itself.
    if (!/(\[y\/N\]|persistence:|once more:) $/.test(output.replace(/\u001b\[[\d;?]*[A-Za-z]/g, ''))) return;
    const end = left.indexOf('\r') + 1;
    child.stdin.write(left.slice(0, end));
    left = left.slice(end);
  });
  return new Promise((resolve) => child.on('close', () => resolve({ output })));
}

describe.runIf(isRoot)('a file', () => {
  test('on a full disk: how far it came, and that it is no image', async () => {
    const directory = newDirectory();
    const image = makeGptImage(directory, 40);
    const small = join(directory, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', small]);
    onTestFinished(() => void execFileSync('umount', ['--lazy', small]));
    const target = join(small, 'stick.img');
    expectTold(await lb(['write', image, target], at(directory)), 'DISK_FULL', /became full\. .* is not bootable/, 1);
  });

  test('where O_DIRECT is refused: written, and told what the reading back is worth', async () => {
    const directory = newDirectory();
    const image = makeGptImage(directory);
    const ram = join(directory, 'ram');
    mkdirSync(ram);
    execFileSync('mount', ['-t', 'ramfs', 'ramfs', ram]);
    onTestFinished(() => void execFileSync('umount', ['--lazy', ram]));
    const target = join(ram, 'stick.img');
    const { stderr, events } = await lbSucceeds(['write', '--json', image, target], at(directory));
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({
      message: expect.stringMatching(/no O_DIRECT/),
    });
    expect(events.find(({ type }) => type === 'stick-written')).toMatchObject({ isReadBackDirect: false });
    expect(stderr).toBe('');
    expect(readFileSync(target).equals(readFileSync(image))).toBe(true);
  });

  test('without words: the drives; an image alone: the drives too', async () => {
    const directory = newDirectory();
    const image = makeGptImage(directory);
    expect((await lbSucceeds(['write'], at(directory))).stdout).toMatch(/drive/i);
    expect((await lbSucceeds(['write', image], at(directory))).stderr).toContain(`lb write ${image} DEVICE`);
    const { stdout } = await lbSucceeds(['write', '--json'], at(directory));
    expect(JSON.parse(stdout)).toMatchObject({ type: 'drives', drives: expect.any(Array) });
    expectTold(await lb(['write', join(directory, 'new.img')], at(directory)), 'IMAGE_NOT_FOUND', /There is no image/);
    expectTold(await lb(['write', 'missing.iso'], at(directory)), 'IMAGE_NOT_FOUND', /missing\.iso/);
  });
});

describe.runIf(isRoot)('an ordinary user', () => {
  let user: User | undefined;
  const theUser = (): User => {
    user ??= addUser(runDirectory());
    return user;
  };
  afterAll(() => {
    if (user !== undefined) removeUser();
  });

  test('writes a device that his group may write, persistence included, and is told why where he may not', async () => {
    const directory = newDirectory();
    const image = makeGptImage(directory);
    const { device } = plugIn(directory, 300);
    chmodSync(directory, 0o755);
    const by = ['setpriv', '--reuid', String(theUser().uid), '--regid', String(theUser().gid), '--groups'];
    // In the place of the tests' own Node, which may be where only they can look.
    const node = ['sh', '-c', 'shift; exec "$0" "$@"', theUser().node];
    const own = { HOME: theUser().home };
    mkdirSync(own.HOME, { recursive: true });
    const scene = { directory: own.HOME, store: join(own.HOME, 'store'), env: own };
    const denied = await lb(['write', '--yes', image, device], {
      ...scene,
      by: [...by, String(theUser().gid), ...node],
    });
    expectTold(denied, 'DEVICE_UNUSABLE', /may not be written to by this user\. Nothing was written/, 1);
    // As udev makes it on Debian: root:disk, 0660.
    const [was, disk] = [
      host('stat', '--format=%a %g', device).trim(),
      host('sh', '-c', 'getent group disk').split(':')[2]!,
    ];
    host('chgrp', 'disk', device);
    host('chmod', '660', device);
    onTestFinished(() => {
      const [mode = '', group = ''] = was.split(' ');
      host('chgrp', group, device);
      host('chmod', mode, device);
    });
    const groups = { ...scene, by: [...by, disk, ...node] };
    await lbSucceeds(['write', '--yes', '--persistence', image, device], groups);
    expect(host('sgdisk', '-v', device)).toContain('No problems found.');
  });
});
