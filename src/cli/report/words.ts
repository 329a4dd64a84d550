import type { ImageKind } from '../../vm/matrix.ts';
import type { GuestFacts, MilestoneName, Outcome } from '../../vm/verdict.ts';

export const milestoneNames: Readonly<Record<MilestoneName, string>> = {
  firmware: 'Firmware',
  'boot-menu': 'Boot menu',
  kernel: 'Kernel',
  'live-medium': 'Medium found',
  system: 'systemd',
  login: 'Login prompt',
  memtest: 'Memory test',
  installer: 'Installer',
};

export const kindNames: Readonly<Record<ImageKind, string>> = {
  iso: 'ISO image',
  'iso-hybrid': 'hybrid ISO image',
  hdd: 'disk image',
  netboot: 'netboot archive',
  tar: 'tar archive',
};

export const outcomeNames: Readonly<Record<Outcome, string>> = {
  login: 'came up',
  memtest: 'memory test came up',
  installer: 'installer came up',
  panic: 'kernel panic',
  initramfs: 'stopped in the initramfs',
  'no-medium': 'medium not found',
  'damaged-medium': 'medium damaged',
  network: 'network',
  emergency: 'emergency mode',
  hang: 'no progress',
  'no-boot-loader': 'no boot loader',
  'no-kernel': 'no kernel',
  'guest-powered-off': 'switched itself off',
  'not-prepared': 'not started',
  'qemu-failed': 'QEMU ended',
};

function onImage({ rootImageType: type }: GuestFacts): string {
  if (type === undefined) return '';
  return type === 'directory' ? ' on a directory of the medium' : ` on ${type}`;
}

/** A guest's facts as pairs of words, those that are known. */
export function describeFacts(facts: GuestFacts): readonly (readonly [name: string, value: string])[] {
  const secureBoot = { enabled: 'on', disabled: 'off', 'no-uefi': 'no UEFI firmware' };
  const root = facts.rootType && `${facts.rootType}${facts.isRootOnSquashfs ? ' on a SquashFS' : onImage(facts)}`;
  const pairs: readonly (readonly [string, string | undefined])[] = [
    ['System', facts.system],
    ['Kernel', facts.kernel],
    ['State of systemd', facts.systemState],
    ['Start-up', facts.startupTime?.replace(/^Startup finished in /, '')],
    ['Root file system', root],
    ['Medium', facts.liveMediumType],
    ['Secure Boot', facts.secureBoot && secureBoot[facts.secureBoot]],
    ['Kernel command line', facts.commandLine],
  ];
  return pairs.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}
