type Kind = 'packages' | 'system' | 'medium' | 'menu';

interface Expectation {
  readonly kind: Kind;
  readonly names: RegExp;
  readonly reason: string;
}

/** What differs between live-build and us on purpose, or between any two builds. */
const expectations: readonly Expectation[] = [
  { kind: 'system', names: /^\/var\/log(\/|$)/, reason: 'logs of the installation' },
  { kind: 'system', names: /^\/var\/(cache|lib\/apt\/lists)\//, reason: 'caches and lists of apt' },
  {
    kind: 'system',
    names: /^\/boot\/initrd\.img-/,
    reason: 'the initramfs, which is as big as its compressor makes it',
  },
  { kind: 'system', names: /^\/(dev|run)\//, reason: 'hidden by what every boot mounts there' },
  {
    kind: 'system',
    names: /^\/var\/lib\/dpkg\/([^/]+-old|available|cmethopt|status)$|^\/etc\/\.pwd\.lock$/,
    reason: 'notes of dpkg and the like about how the packages came',
  },
  {
    kind: 'system',
    names: /^\/etc\/sub[ug]id-$|^\/var\/lib\/ucf\/(hashfile|registry)\.\d+$/,
    reason: 'copies of an earlier state, which our stock hook removes',
  },
  {
    kind: 'system',
    names: /^\/etc\/initramfs-tools\/conf\.d\/cryptsetup$/,
    reason: 'settings that stock hooks write: the same, in other words',
  },
  { kind: 'system', names: /^\/etc\/(hostname|hosts|resolv\.conf)$/, reason: 'written anew by every boot' },
  {
    kind: 'menu',
    names: /: Memory Diagnostic Tool /,
    reason: 'one entry for the memory test that fits the firmware, where live-build has one for each',
  },
  {
    kind: 'medium',
    names: /^\/boot\/grub\/(i386-pc|(i386|x86_64|arm64)-efi)\/[^/]+\.(mod|lst|o|pf2)$/,
    reason: "GRUB's modules: what its image holds, and what nothing on such a medium needs, is not there",
  },
  { kind: 'medium', names: /^\/EFI\/boot\/mm\w+\.efi$/, reason: 'what shim starts to take in keys of the user' },
  {
    kind: 'medium',
    names: /^\/(isolinux|syslinux|boot\/grub)\/(live-theme\/)?[^/]+\.(png|c32)$/,
    reason: 'pictures and modules of the menus, which are ours',
  },
  { kind: 'medium', names: /^\/\.disk\/(id|archive_trace)(\/|$)/, reason: 'marks of the medium' },
];

/** Why `name` may differ; undefined: it should not. */
export function expectedReason(kind: Kind, name: string): string | undefined {
  return expectations.find((row) => row.kind === kind && row.names.test(name))?.reason;
}
