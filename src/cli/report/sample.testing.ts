import { noMarks } from '../../vm/imageMarks.ts';
import { findBoots } from '../../vm/matrix.ts';
import type { BootVerdict } from '../../vm/verdict.ts';
import type { SeenImage } from '../testMatrix.ts';
import type { TestRun, TriedBoot } from './types.ts';

const image: SeenImage = {
  path: '/build/live-image-amd64.hybrid.iso',
  architecture: 'amd64',
  facts: { kind: 'iso-hybrid', sizeBytes: 358_612_992, sha256: '0123456789abcdef'.repeat(4), marks: noMarks },
};

export const goodVerdict: BootVerdict = {
  verdict: 'passed',
  outcome: 'login',
  summary: 'Login prompt after 96 s; 2 checks passed.',
  milestones: [
    { name: 'firmware', afterMs: 25 },
    { name: 'boot-menu', afterMs: 4234 },
    { name: 'kernel', afterMs: 15_700 },
    { name: 'live-medium', afterMs: 38_446 },
    { name: 'system', afterMs: 53_885 },
    { name: 'login', afterMs: 96_365 },
  ],
  facts: {
    rootType: 'overlay',
    isRootOnSquashfs: true,
    liveMediumType: 'iso9660',
    kernel: '6.12.117+deb13-amd64',
    system: 'Debian GNU/Linux 13 (trixie)',
    commandLine: 'BOOT_IMAGE=/live/vmlinuz boot=live components quiet splash initrd=/live/initrd.img console=tty0',
    systemState: 'running',
    startupTime: 'Startup finished in 59.005s (kernel) + 37.039s (userspace) = 1min 36.044s',
    secureBoot: 'no-uefi',
  },
  failedUnits: [],
  checks: [
    { name: '10-network.test', exitCode: 0, output: 'lo is up\n', omittedBytes: 0, durationMs: 812 },
    { name: '20-packages.test', exitCode: 0, output: '', omittedBytes: 0, durationMs: 2310 },
  ],
  screenshots: {},
  serialLog: '/nowhere/bios-cd-serial.log',
  durationMs: 118_298,
  qemuVersion: '10.0.2',
  accel: 'tcg',
  firmware: 'bios',
  attach: 'cd',
};

export function tried(id: string, verdict: BootVerdict, changes: Partial<TriedBoot> = {}): TriedBoot {
  const boot = findBoots(id)[0]!;
  return { name: id, title: boot.title, boot, image, verdict, ...changes };
}

/** A run with what you like in it. */
export function sampleRun(changes: Partial<TestRun> = {}): TestRun {
  return {
    startedAt: new Date('2026-11-24T06:40:00.123Z'),
    images: [image],
    tried: [tried('bios-cd', goodVerdict)],
    leftOut: [{ image, boot: findBoots('bios-luks')[0]!, reason: 'its system lacks the package cryptsetup-initramfs' }],
    machine: { accel: 'tcg', accelReason: 'A probe guest hung under KVM.', jobs: 2, memoryMib: 2048 },
    ...changes,
  };
}
