/** Packages that an installer may install from its medium (live-build's installer_debian-installer). */
export interface InstallerPackages {
  /** Chosen together. */
  readonly together: readonly string[];
  /** Each chosen by itself, as they may exclude each other; they stay where the live system has them installed. */
  readonly required: readonly string[];
}

const signedFor = (debian: string, kernel: string): InstallerPackages => ({
  together: [kernel],
  required: [
    ...[`grub-efi-${debian}`, 'efibootmgr', `grub-efi-${debian}-signed`, 'shim-signed', `grub-efi-${debian}-bin`],
    ...['grub2-common', 'mokutil', `shim-helpers-${debian}-signed`, 'shim-signed-common', 'shim-unsigned'],
    ...['cryptsetup', 'cryptsetup-initramfs', 'keyutils'],
  ],
});

/** Kernels and boot loaders of an architecture; loaders for UEFI also with what graphical installers ask for. */
const byArchitecture: Readonly<Record<string, () => InstallerPackages>> = {
  amd64: () => {
    const { together, required } = signedFor('amd64', 'linux-image-amd64');
    return { together, required: ['grub-pc', ...required] };
  },
  arm64: () => signedFor('arm64', 'linux-image-arm64'),
  i386: () => ({ together: ['linux-image-686-pae'], required: ['grub-pc'] }),
};

/** Of disks and file systems, and to enter a passphrase while the system starts. */
const forDisks = ['busybox', 'cryptsetup', 'mdadm', 'lvm2', 'xfsprogs', 'jfsutils'];
const forKeyboards = ['console-setup', 'keyboard-configuration', 'kbd'];

/** What an installer on a medium of this architecture may need. */
export function installerPackages(architecture: string): InstallerPackages {
  const { together, required } = byArchitecture[architecture]?.() ?? { together: [], required: [] };
  return { together: [...together, ...forDisks], required: [...required, ...forKeyboards] };
}
