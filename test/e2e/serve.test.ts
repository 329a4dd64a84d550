// `lb serve netboot` in network namespaces, asked by real clients and booted by virtual machines. Needs root, and of this
// machine: iproute2 xorriso curl libnfs-utils.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { LivewrightEvent, ServeRequest } from '../../src/events/events.ts';
import { loaderArgv } from '../../src/sandbox/loader.ts';
import { startMachine } from '../../src/sandbox/machine.ts';
import { createSandbox } from '../../src/sandbox/run.ts';
import { bootOnce } from '../../src/vm/bootTest.ts';
import type { BootVerdict } from '../../src/vm/verdict.ts';
import { openBuildTools, openTools } from '../helpers/buildTools.ts';
import { killUntilOver } from '../helpers/killUntilOver.ts';
import { type Lab, makeLab, serverAddress } from '../helpers/lab.ts';
import { firstBuild, lbSucceeds, type Running, runDirectory, startLb } from '../helpers/lb.ts';
import { makeNetbootImage } from '../helpers/netbootImage.ts';
import { type PxeGuest, startPxeGuest } from '../helpers/pxeGuest.ts';
import { isRoot } from '../helpers/user.ts';

const minutes = 60_000;

let lab: Lab;
let tar: string;
let tools: string;
let vm: string;

beforeAll(async () => {
  if (!isRoot) return;
  await firstBuild();
  [tools, vm] = [await openBuildTools(), await openTools('vm')];
  const directory = runDirectory('netboot');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  // The server is another one than that which will serve.
  tar = await makeNetbootImage({ directory, server: '192.168.1.1', timeoutSeconds: 60 });
  lab = makeLab();
});
afterAll(() => {
  if (isRoot) lab.remove();
});

interface Serving extends Running {
  readonly requests: () => readonly ServeRequest[];
}

/** Serves until the test ends. */
async function serve(...words: string[]): Promise<Serving> {
  return serveImage(tar, ...words);
}

async function serveImage(image: string, ...words: string[]): Promise<Serving> {
  const argv = ['serve', 'netboot', image, '--json', '--netns', lab.server, '--interface', 'br0', ...words];
  const running = startLb(argv, { directory: runDirectory() });
  const events: LivewrightEvent[] = [];
  void running.waitFor((event) => events.push(event) < 0).catch(() => {});
  onTestFinished(async () => {
    running.child.kill('SIGTERM');
    await running.finished;
  });
  await running.waitFor(({ type }) => type === 'serve-ready');
  const requests = () => events.flatMap((event) => (event.type === 'serve-request' ? [event] : []));
  return { ...running, requests };
}

function scratch(): string {
  return mkdtempSync(runDirectory('serve-'));
}

/** What a DHCP client is told, by the names of udhcpc. */
function askDhcp(...words: string[]): Readonly<Record<string, string>> {
  const directory = scratch();
  const script = join(directory, 'script');
  writeFileSync(script, `#!/bin/sh\n[ "$1" = bound ] && env > ${directory}/told\nexit 0\n`, { mode: 0o755 });
  const busybox = join(tools, 'usr/bin/busybox');
  lab.run(lab.client, [busybox, 'udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-t', '5', '-s', script, ...words], {
    stdio: 'ignore',
  });
  const lines = readFileSync(join(directory, 'told'), 'utf8').split('\n');
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

function giveClientAddress(): void {
  execFileSync('ip', ['-n', lab.client, 'address', 'replace', '192.168.77.9/24', 'dev', 'eth0']);
}

describe.runIf(isRoot)('clients', () => {
  test('are told what suits them, and get it', async () => {
    const { requests } = await serve('--dhcp', '--range', '192.168.77.20,192.168.77.29');
    const vendor = (name: string) => ['-V', name];
    const architecture = (code: string) => ['-x', `0x5d:${code}`];
    const boot = (...words: string[]) => {
      const { ip, boot_file, siaddr, router, dns } = askDhcp(...words);
      expect(ip).toMatch(/^192\.168\.77\.2\d$/);
      expect({ siaddr, router, dns }).toEqual({ siaddr: serverAddress, router: undefined, dns: undefined });
      return boot_file;
    };
    expect(boot(...vendor('PXEClient'), ...architecture('0000'))).toBe('pxelinux.0');
    expect(boot(...vendor('PXEClient'), ...architecture('0007'))).toBe('bootx64.efi');
    expect(boot(...vendor('PXEClient'), ...architecture('0009'))).toBe('bootx64.efi');
    expect(boot(...vendor('HTTPClient'), ...architecture('0010'))).toBe(`http://${serverAddress}/bootx64.efi`);
    expect(boot(...vendor('PXEClient'), ...architecture('0000'), '-x', '0xaf:010101')).toBe(
      `http://${serverAddress}/boot.ipxe`,
    );
    expect(boot()).toBeUndefined();

    giveClientAddress();
    const busybox = join(tools, 'usr/bin/busybox');
    const directory = scratch();
    const tftp = (name: string) => {
      lab.run(lab.client, [busybox, 'tftp', '-g', '-r', name, '-l', join(directory, 'got'), serverAddress]);
      return readFileSync(join(directory, 'got'), 'latin1');
    };
    expect(tftp('pxelinux.cfg/default')).toContain('include menu.cfg');
    expect(tftp('live.cfg')).toContain(`nfsroot=${serverAddress}:/srv/debian-live`);
    expect(tftp('/grub/grub.cfg')).toContain(`fetch=http://${serverAddress}/debian-live/live/filesystem.squashfs`);
    expect(() => tftp('../out/live-image-amd64.netboot.tar')).toThrow();

    const root = runDirectory('netboot', 'debian-live');
    const squashfs = readFileSync(join(root, 'live/filesystem.squashfs'));
    const curl = (...words: string[]) =>
      execFileSync('ip', ['netns', 'exec', lab.client, 'curl', '-sS', '--path-as-is', ...words], {
        maxBuffer: 2 ** 31,
      });
    const url = `http://${serverAddress}/debian-live/live/filesystem.squashfs`;
    expect(Buffer.compare(curl(url), squashfs)).toBe(0);
    expect(Buffer.compare(curl('-r', '1000000-1999999', url), squashfs.subarray(1_000_000, 2_000_000))).toBe(0);
    const status = ['-o', '/dev/null', '-w', '%{http_code}'];
    expect(String(curl(...status, `http://${serverAddress}/../../out/live-image-amd64.netboot.tar`))).toBe('404');
    expect(String(curl(...status, `http://${serverAddress}/%2e%2e/run/passwd`))).toBe('404');

    const nfs = `nfs://${serverAddress}/srv/debian-live/live/filesystem.squashfs?nfsport=2049&mountport=20048`;
    execFileSync('ip', ['netns', 'exec', lab.client, 'nfs-cp', nfs, join(directory, 'copy')]);
    expect(Buffer.compare(readFileSync(join(directory, 'copy')), squashfs)).toBe(0);
    expect(() => lab.run(lab.client, ['nfs-cp', join(directory, 'copy'), `${nfs}.new`], { stdio: 'ignore' })).toThrow();

    // All of the above kept this process from reading.
    await expect
      .poll(requests)
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({ protocol: 'tftp', request: 'pxelinux.cfg/default', outcome: 'sent', isGood: true }),
          expect.objectContaining({ protocol: 'http', outcome: '206, 1000000 bytes' }),
          expect.objectContaining({ protocol: 'dhcp', request: 'address' }),
        ]),
      );
  });

  test('of other interfaces find nothing', async () => {
    await serve('--dhcp');
    const listening = lab.run(lab.server, ['ss', '-H', '-l', '-n', '-t', '-u']).trim().split('\n');
    const local = listening.map((line) => line.trim().split(/\s+/)[4] ?? '');
    expect(local).toEqual(
      expect.arrayContaining([`${serverAddress}:80`, `${serverAddress}:69`, `${serverAddress}:111`]),
    );
    // The port mapper also answers its own machine.
    const ours =
      /^(?:0\.0\.0\.0%br0|\[fe80::[0-9a-f:]+\]%br0|192\.168\.77\.1|\[::ffff:192\.168\.77\.1\]|127\.0\.0\.1):\d+$/;
    expect(local.filter((address) => !ours.test(address))).toEqual([]);
  });
});

test.runIf(isRoot)('SIGTERM ends everything, and the unpacked image is gone', async () => {
  const directory = scratch();
  const argv = ['serve', 'netboot', tar, '--json', '--netns', lab.server, '--interface', 'br0', '--dhcp'];
  const running = startLb(argv, { directory: runDirectory(), env: { TMPDIR: directory } });
  await running.waitFor(({ type }) => type === 'serve-ready');
  expect(readdirSync(directory)).toHaveLength(1);
  running.child.kill('SIGTERM');
  expect((await running.finished).exitCode).toBe(0);
  expect(readdirSync(directory)).toEqual([]);
  expect(lab.run(lab.server, ['ss', '-H', '-l', '-n', '-t', '-u'])).toBe('');
  expect(lab.run(lab.server, ['ip', 'netns', 'pids', lab.server]).trim().split('\n').length).toBe(1);
});

test.runIf(isRoot)('without an archive, the same lies in two directories, and is served from there', async () => {
  const directory = join(tar, '..');
  await lbSucceeds(['config', '--net-tarball', 'false'], { directory });
  onTestFinished(async () => void (await lbSucceeds(['config', '--net-tarball', 'true'], { directory })));
  await lbSucceeds(['build'], { directory });
  for (const [part, packed] of [
    ['binary', 'debian-live'],
    ['tftpboot', 'tftpboot'],
  ] as const) {
    execFileSync('diff', ['--recursive', '--no-dereference', join(directory, part), runDirectory('netboot', packed)]);
  }
  await serveImage(directory, '--no-dhcp', '--no-tftp', '--no-nfs');
  giveClientAddress();
  const url = `http://${serverAddress}/debian-live/live/filesystem.squashfs`;
  const said = execFileSync('ip', ['netns', 'exec', lab.client, 'curl', '-sSI', url], { encoding: 'utf8' });
  expect(said).toMatch(/^HTTP\/1\.1 200 /);
});

test.runIf(isRoot)('a port that is taken is told', async () => {
  await serve('--dhcp', '--no-nfs', '--no-tftp');
  const argv = ['serve', 'netboot', tar, '--netns', lab.server, '--interface', 'br0', '--dhcp', '--no-nfs'];
  const second = await startLb(argv, { directory: runDirectory() }).finished;
  expect(second.exitCode).toBe(1);
  expect(second.stderr).toContain(`Port 80 (HTTP) of ${serverAddress} is taken by another program.`);
});

test.runIf(isRoot)(
  'who gives addresses already is found',
  async () => {
    await startRouter();
    const argv = ['serve', 'netboot', tar, '--netns', lab.server, '--interface', 'br0', '--dhcp'];
    const { child, finished } = startLb(argv, { directory: runDirectory() });
    onTestFinished(() => void child.kill('SIGTERM'));
    const refused = await finished;
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('192.168.77.9 gives out addresses on br0 already');
  },
  2 * minutes,
);

test.runIf(isRoot)(
  'from where no mirror can be reached, the tools of the last time serve',
  async () => {
    // This leaves a note of them.
    const before = await serve('--no-dhcp', '--no-tftp', '--no-nfs');
    before.child.kill('SIGTERM');
    await before.finished;
    const words = ['serve', 'netboot', tar, '--json', '--interface', 'br0', '--no-dhcp', '--no-tftp', '--no-nfs'];
    const offline = startLb(words, { directory: runDirectory(), by: ['ip', 'netns', 'exec', lab.server] });
    onTestFinished(() => void offline.child.kill('SIGTERM'));
    await offline.waitFor(({ type }) => type === 'serve-ready');
    offline.child.kill('SIGTERM');
    const { events, exitCode } = await offline.finished;
    expect(exitCode).toBe(0);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'warning',
        message: expect.stringContaining('The tools of the last time are used.'),
      }),
    );
    expect(events.filter(({ type }) => type === 'step-failed')).toEqual([]);
  },
  2 * minutes,
);

test.runIf(isRoot)('that nobody gives addresses is told', async () => {
  const { child, finished } = await serve('--no-nfs', '--no-tftp');
  child.kill('SIGTERM');
  const { events } = await finished;
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'warning', message: expect.stringContaining('No DHCP server answers on br0') }),
  );
});

function boot(
  firmware: 'bios' | 'uefi-secure',
  { memoryMib = 2048, httpOnly = false }: { readonly memoryMib?: number; readonly httpOnly?: boolean } = {},
): PxeGuest {
  const guest = startPxeGuest({
    ...{ tools: vm, namespace: lab.server, scratch: scratch() },
    ...{ firmware, memoryMib, httpOnly },
  });
  onTestFinished(() => guest.stop());
  return guest;
}

/** Boots a BIOS machine from the network as `lb test` does; `onMilestone` is told how far it is. */
async function bootOverNetwork(onMilestone: (name: string) => void): Promise<BootVerdict> {
  const directory = scratch();
  const sandbox = createSandbox(tools);
  const server = Number(lab.run(lab.server, ['ip', 'netns', 'pids', lab.server]).split('\n')[0]);
  const short = mkdtempSync('/tmp/lw-n-');
  onTestFinished(() => rmSync(short, { recursive: true, force: true }));
  return bootOnce({
    ...{ boot: 'bios-nfs', title: 'BIOS, PXE', firmware: 'bios', attach: 'network', accel: 'tcg' },
    ...{ imagePath: tar, architecture: 'amd64', toolsRoot: vm, scratch: short, outputDirectory: directory },
    start: (argv, options) =>
      startMachine(sandbox, { ...options, argv, toolsRoot: vm, network: { ofProcess: server } }),
    lab: {
      netdevArgs: 'tap,id=net0,ifname=tap0,script=no,downscript=no',
      machine: { devices: ['/dev/net/tun'] },
      close: async () => {},
    },
    emit: (event) => event.type === 'boot-milestone' && onMilestone(event.milestone),
  });
}

/** A DHCP server that knows nothing of network boot, as a network's router has it; until the test ends. */
async function startRouter(): Promise<void> {
  giveClientAddress();
  const dnsmasq = loaderArgv(await openTools('serve'), 'usr/sbin/dnsmasq');
  const words = [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--port=0',
    '--interface=eth0',
    '--user=',
    '--pid-file=',
  ];
  const lease = ['--dhcp-range=192.168.77.100,192.168.77.110', `--dhcp-leasefile=${join(scratch(), 'leases')}`];
  const child = spawn('ip', ['netns', 'exec', lab.client, ...dnsmasq, ...words, ...lease], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
}

const down = '\u001b[B';

describe.runIf(isRoot)('machines', () => {
  test('BIOS: pxelinux, and the root by NFS', async () => {
    const { requests } = await serve('--dhcp', '--no-http');
    const guest = boot('bios');
    await guest.says(/Live system \(amd64\)/, 2 * minutes);
    guest.type('\r');
    await guest.says(/Linux version/, 2 * minutes);
    const text = await guest.says(/login:/, 8 * minutes);
    expect(text).toMatch(
      /Command line:.* netboot=nfs nfsroot=192\.168\.77\.1:\/srv\/debian-live .*BOOTIF=01-52-54-00-/,
    );
    expect(requests().map(({ request }) => request)).toEqual(
      expect.arrayContaining(['pxelinux.0', 'pxelinux.cfg/default', 'live/vmlinuz', 'live/initrd.img']),
    );
  });

  test('UEFI with Secure Boot: shim, GRUB, and the whole system over HTTP', async () => {
    const { requests } = await serve('--dhcp', '--no-nfs');
    const guest = boot('uefi-secure', { memoryMib: 4096 });
    await guest.says(/Live system \(amd64, fetched over HTTP\)/, 4 * minutes);
    guest.type(`${down}${down}\r`);
    const kernel = await guest.says(/Command line: [^\n]*\n/, 4 * minutes);
    expect(kernel).toMatch(
      /fetch=http:\/\/192\.168\.77\.1\/debian-live\/live\/filesystem\.squashfs .*BOOTIF=01-52:54:00:/,
    );
    const text = await guest.says(/login:/, 8 * minutes);
    expect(text).toMatch(/[Ss]ecure boot enabled/);
    expect(requests().map(({ request }) => request)).toEqual(
      expect.arrayContaining(['bootx64.efi', 'grubx64.efi', 'grub/grub.cfg', 'live/vmlinuz']),
    );
  });

  test('UEFI: HTTP boot alone', async () => {
    const { requests } = await serve('--dhcp', '--no-nfs', '--no-tftp');
    const guest = boot('uefi-secure', { httpOnly: true });
    await guest.says(/Live system \(amd64, fetched over HTTP\)/, 6 * minutes);
    guest.type(`${down}${down}\r`);
    await guest.says(/Linux version/, 4 * minutes);
    expect(requests().map(({ request }) => request)).toEqual(
      // Shim writes its GRUB's name so.
      expect.arrayContaining(['GET /bootx64.efi', 'GET //grubx64.efi', 'GET /grub/grub.cfg', 'GET /live/vmlinuz']),
    );
  });

  test('iPXE: its script, kernel and initramfs over HTTP', async () => {
    const { requests } = await serve('--dhcp', '--no-nfs');
    const guest = boot('bios');
    await guest.says(/Linux version/, 4 * minutes);
    expect(requests().map(({ request }) => request)).toEqual(
      expect.arrayContaining(['GET /boot.ipxe', 'GET /live/vmlinuz', 'GET /live/initrd.img']),
    );
  });

  test('an NFS server that goes away once the kernel has started is what the verdict names', async () => {
    const first = await serve('--dhcp', '--no-ipxe');
    const goesAway = async () => {
      // Once it is started again; one that dies at once, too, is not.
      const { exitCode, stdout, stderr } = await killUntilOver('ganesha.nfsd', first.finished, lab);
      expect(stdout + stderr).toContain('It is started again');
      expect({ exitCode, stderr }).toEqual({
        exitCode: 1,
        stderr: expect.stringContaining('nfs-ganesha does not serve'),
      });
      // The rest of the network lives on, to the last address.
      await serve('--dhcp', '--no-ipxe', '--no-nfs');
    };
    let gone: Promise<void> | undefined;
    const verdict = await bootOverNetwork((milestone) => {
      if (milestone === 'kernel') gone ??= goesAway();
    });
    await gone;
    expect(verdict).toMatchObject({
      verdict: 'failed',
      outcome: 'network',
      summary: expect.stringMatching(/^The NFS server 192\.168\.77\.1 did not answer \(\w+: Connection refused\)\.$/),
    });
    expect(verdict.milestones.map(({ name }) => name)).toEqual(['firmware', 'boot-menu', 'kernel']);
  });

  test.each([
    ['bios', 'pxelinux.0'],
    ['uefi-secure', 'bootx64.efi'],
  ] as const)('%s: beside another DHCP server', async (firmware, file) => {
    await startRouter();
    const { requests } = await serve('--no-nfs', '--no-http');
    const guest = boot(firmware);
    await guest.says(/Live system \(amd64\)/, 4 * minutes);
    const sent = requests().filter(({ protocol }) => protocol === 'tftp');
    expect(sent.map(({ request }) => request)).toContain(file);
    // The address is the other server's.
    expect(sent.every(({ client }) => /^192\.168\.77\.1[01]\d$/.test(client))).toBe(true);
  });
});
