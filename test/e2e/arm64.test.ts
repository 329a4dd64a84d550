// A medium for arm64, laid out on whatever builds it, and started by signed loaders. Its kernel is the Debian Installer's, as an
// emulated live system takes minutes to build and to start. Needs root, and of this machine: qemu-system-arm qemu-efi-aarch64.
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { buildImage } from '../../src/media/image.ts';
import { layOutMedium, sealMedium } from '../../src/media/medium.ts';
import type { MediumSettings } from '../../src/media/settings.ts';
import { defaultSettings, testEpochSeconds } from '../../src/media/testSettings.ts';
import { stripAnsi } from '../../src/vm/ansi.ts';
import { fetchArm64 } from '../helpers/arm64Tools.ts';
import { runDirectory } from '../helpers/lb.ts';
import { isRoot } from '../helpers/user.ts';

const minutes = 60_000;

const settings: MediumSettings = {
  ...defaultSettings,
  ...{ architecture: 'arm64', biosLoader: 'none', secureBoot: 'enable', flavours: ['arm64'] },
  ...{ bootAppendLive: 'console=ttyAMA0', menu: { timeoutSeconds: 2 } },
};

async function makeMedium(root: string): Promise<string> {
  const [directory, scratch, out, work] = ['medium', 'scratch', 'out', 'work'].map((name) => join(root, name));
  for (const path of [directory, scratch, out, work]) mkdirSync(path!);
  const { tools, vmlinuz, initrd } = await fetchArm64();
  writeFileSync(join(root, 'squashfs'), 'none');
  const common = { directory: directory!, settings, identity: 'arm64', epochSeconds: testEpochSeconds };
  const { secureBoot } = await layOutMedium(tools, {
    ...{ ...common, scratch: scratch!, squashfs: join(root, 'squashfs'), packagesText: '' },
    kernels: [{ version: '6.12.0-arm64', flavour: 'arm64', vmlinuz, initrd }],
  });
  expect(secureBoot).toBe(true);
  await sealMedium(common);
  const output = join(out!, 'arm64.iso');
  await buildImage(tools, { ...common, output, scratch: work!, image: {} });
  return output;
}

/** Firmware with Microsoft's keys and Secure Boot on. */
function startMachine(image: string, scratch: string): ChildProcess {
  const variables = join(scratch, 'vars.fd');
  copyFileSync('/usr/share/AAVMF/AAVMF_VARS.ms.fd', variables);
  return spawn('qemu-system-aarch64', [
    ...['-nodefaults', '-no-user-config', '-machine', 'virt', '-cpu', 'cortex-a72', '-smp', '2', '-m', '1024'],
    ...['-display', 'none', '-serial', 'stdio', '-nic', 'none'],
    ...['-drive', 'if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/AAVMF/AAVMF_CODE.ms.fd'],
    ...['-drive', `if=pflash,unit=1,format=raw,file=${variables}`],
    ...['-drive', `if=none,id=medium,format=raw,readonly=on,file=${image}`],
    ...['-device', 'qemu-xhci', '-device', 'usb-storage,drive=medium,bootindex=0'],
  ]);
}

test.runIf(isRoot)(
  'shim, GRUB and a kernel of arm64 start from an ISO image on a stick, with Secure Boot',
  async () => {
    const root = mkdtempSync(runDirectory('arm64-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const child = startMachine(await makeMedium(root), root);
    onTestFinished(() => void child.kill('SIGKILL'));
    let raw = '';
    const said = () => stripAnsi(raw);
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('latin1').on('data', (text: string) => {
        raw += text;
      });
    }
    await expect.poll(said, { timeout: 5 * minutes, interval: 500 }).toMatch(/Linux version 6\.[^\n]*\n/);
    for (const words of [/GNU GRUB +version 2\.12/, /Live system \(arm64\)/, /Linux version [^\n]*aarch64-linux-gnu/]) {
      expect(said()).toMatch(words);
    }
    await expect.poll(said, { timeout: minutes, interval: 500 }).toMatch(/[Ss]ecure ?boot enabled/);
  },
  8 * minutes,
);
