/** What the UEFI of an architecture is called by GRUB and by the UEFI specification (3.5.1.1, removable media). */
export interface EfiPlatform {
  /** GRUB's platform and directory of modules: `x86_64-efi`. */
  readonly grub: string;
  /** The end of `boot*.efi`, `shim*.efi`: `x64`. */
  readonly suffix: string;
}

const platforms: Readonly<Record<string, EfiPlatform>> = {
  amd64: { grub: 'x86_64-efi', suffix: 'x64' },
  i386: { grub: 'i386-efi', suffix: 'ia32' },
  arm64: { grub: 'arm64-efi', suffix: 'aa64' },
  armhf: { grub: 'arm-efi', suffix: 'arm' },
  riscv64: { grub: 'riscv64-efi', suffix: 'riscv64' },
};

export function efiPlatform(architecture: string): EfiPlatform | undefined {
  return platforms[architecture];
}

/**
 * The other firmware that starts kernels of this architecture: some PCs with 64-bit processors, mostly tablets of 2012 to
 * 2016, have UEFI of 32 bits, and Debian's kernels for amd64 can live with that (CONFIG_EFI_MIXED).
 */
export function mixedEfiPlatform(architecture: string): EfiPlatform | undefined {
  return architecture === 'amd64' ? platforms['i386'] : undefined;
}
