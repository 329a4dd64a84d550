import { LivewrightError } from '../errors.ts';

/** Tools come from Debian stable, whatever suite is built. */
export const TOOLS_SUITE = 'trixie';

export const toolsArchitectures = ['amd64', 'arm64', 'i386'] as const;
export type ToolsArchitecture = (typeof toolsArchitectures)[number];

/**
 * `build`: what makes an image. `hooks`: that and what scripts of the user's expect besides, for hooks that run on the medium (and zsync, dm-verity, and mke2fs reading archives). `vm`: what boots it. `display`: the same with a window. `stick`: what makes file systems
 * on the rest of a stick and writes discs; apart from `build`, whose digest is in the keys of all steps. `serve`: what a network boots from.
 * `vm-arm64` and `display-arm64`: for guests of that architecture on another one.
 */
export const toolsTreeNames = [
  'build',
  'hooks',
  'vm',
  'display',
  'vm-arm64',
  'display-arm64',
  'stick',
  'serve',
] as const;
export type ToolsTreeName = (typeof toolsTreeNames)[number];

export interface ToolsSpec {
  readonly names: readonly string[];
  /** Dependencies that only maintainer scripts or services need, and those of features we never use. */
  readonly exclude: ReadonlySet<string>;
}

const base = ['dash', 'coreutils', 'util-linux', 'debianutils', 'sed', 'grep', 'findutils'];

const build = [
  ...base,
  ...['busybox-static', 'mount', 'fdisk', 'mawk', 'attr', 'perl-base', 'diffutils', 'rsync', 'strace'],
  ...['tar', 'gzip', 'xz-utils', 'zstd', 'bzip2', 'lzip', 'cpio', 'lz4', 'lzop'],
  ...['dpkg', 'apt', 'apt-utils', 'sqv', 'gpgv', 'debian-archive-keyring', 'ca-certificates'],
  ...['squashfs-tools', 'e2fsprogs', 'dosfstools', 'mtools', 'xorriso'],
  ...['grub-common', 'grub2-common', 'isolinux', 'syslinux-common', 'syslinux-efi', 'pxelinux'],
  ...['librsvg2-bin', 'fonts-dejavu-core'],
];

const buildOf: Readonly<Record<ToolsArchitecture, readonly string[]>> = {
  amd64: [
    ...['grub-pc-bin', 'grub-efi-amd64-bin', 'grub-efi-amd64-signed', 'grub-efi-ia32-bin'],
    ...['shim-signed', 'syslinux', 'extlinux', 'memtest86+'],
  ],
  arm64: ['grub-efi-arm64-bin', 'grub-efi-arm64-signed', 'shim-signed'],
  i386: ['grub-pc-bin', 'grub-efi-ia32-bin', 'syslinux', 'extlinux', 'memtest86+'],
};

/** What live-build's hosts have: hooks of public trees use these. */
const forScripts = [
  ...[
    'bash',
    'libc-bin',
    'hostname',
    'login.defs',
    'passwd',
    'bsdextrautils',
    'bsdutils',
    'procps',
    'psmisc',
    'file',
    'less',
  ],
  ...[
    'perl',
    'python3',
    'gawk',
    'bc',
    'jq',
    'patch',
    'gettext-base',
    'kmod',
    'isomd5sum',
    'xxd',
    'uuid-runtime',
    'openssl',
    'gpg',
    'cryptsetup-bin',
  ],
  ...['curl', 'wget', 'zip', 'unzip', 'genisoimage', 'gdisk', 'libxml2-utils', 'netbase', 'zsync', 'libarchive13t64'],
];

const stick = [...base, 'busybox-static', 'mount', 'perl-base', 'e2fsprogs', 'exfatprogs', 'cryptsetup-bin', 'xorriso'];

const vmOf: Readonly<Record<ToolsArchitecture, readonly string[]>> = {
  amd64: ['qemu-system-x86', 'ovmf', 'ovmf-ia32', 'seabios'],
  arm64: ['qemu-system-arm', 'qemu-efi-aarch64'],
  i386: ['qemu-system-x86', 'ovmf', 'ovmf-ia32', 'seabios'],
};

/** Nothing is configured in a tools tree, so what only configuration needs stays away. */
const neverNeeded = [
  ...['debconf', 'cdebconf', 'adduser', 'passwd', 'base-passwd', 'init-system-helpers', 'ucf', 'sensible-utils'],
  ...['libpam-modules', 'libpam-modules-bin', 'libpam-runtime', 'libaudit-common', 'readline-common'],
  ...['gettext-base', 'mokutil', 'kmod', 'dmsetup', 'logsave', 'openssl', 'openssl-provider-legacy'],
  ...['grub-efi-amd64-unsigned', 'grub-efi-arm64-unsigned', 'grub-efi-ia32-unsigned', 'shim-unsigned'],
  ...['gcc-14-base', 'shared-mime-info', 'libgdk-pixbuf2.0-common', 'libx11-data', 'fonts-dejavu-mono'],
  ...['tzdata', 'dbus', 'dbus-user-session', 'systemd', 'default-dbus-session-bus', 'dconf-gsettings-backend'],
];

/** Only reached by dlopen: drivers for 3D, sound servers. QEMU's window draws without them. */
const neverLoaded = [
  ...['mesa-libgallium', 'libgl1-mesa-dri', 'libglx-mesa0', 'libegl-mesa0', 'libllvm19', 'libz3-4'],
  ...['libspa-0.2-modules', 'pipewire', 'pipewire-bin', 'libsystemd-shared', 'procps', 'gawk', 'adwaita-icon-theme'],
];

/** The packages of a tools tree. NOT_SUPPORTED for an architecture we have no tools for. */
export function toolsSpec(tree: ToolsTreeName, architecture: string): ToolsSpec {
  const known = toolsArchitectures.find((name) => name === architecture);
  if (known === undefined) {
    throw new LivewrightError('NOT_SUPPORTED', {
      message: `There are no tools for the architecture "${architecture}" yet.`,
      hint: `Build on one of: ${toolsArchitectures.join(', ')}.`,
      data: { architecture },
    });
  }
  const names = namesOf(tree, known);
  // What a tree names it has, whatever others do without.
  const exclude = [...neverNeeded, ...neverLoaded].filter((name) => !names.includes(name));
  return { names, exclude: new Set(exclude) };
}

const serve = [...base, 'dnsmasq-base', 'nfs-ganesha', 'nfs-ganesha-vfs'];

function namesOf(tree: ToolsTreeName, architecture: ToolsArchitecture): readonly string[] {
  if (tree === 'serve') return serve;
  if (tree === 'build') return [...build, ...buildOf[architecture]];
  if (tree === 'hooks') return [...build, ...buildOf[architecture], ...forScripts];
  if (tree === 'stick') return stick;
  const guest = tree.endsWith('-arm64') ? 'arm64' : architecture;
  const vm = [...base, 'qemu-utils', 'ipxe-qemu', ...vmOf[guest]];
  return tree === 'vm' || tree === 'vm-arm64' ? vm : [...vm, 'qemu-system-gui'];
}

/** Packages, and which of their files are wanted. */
export interface ForeignParts {
  readonly names: readonly string[];
  readonly paths: readonly string[];
}

const foreignLoaderPackages: Readonly<Record<string, readonly string[]>> = {
  arm64: ['grub-efi-arm64-bin', 'grub-efi-arm64-signed', 'shim-signed', 'shim-helpers-arm64-signed'],
  armhf: ['grub-efi-arm-bin'],
  riscv64: ['grub-efi-riscv64-bin'],
};

/** The boot loaders of an architecture, as files for a medium that another one lays out. */
export function foreignLoaders(architecture: string): ForeignParts | undefined {
  const names = foreignLoaderPackages[architecture];
  return names && { names, paths: ['usr/lib/grub', 'usr/lib/shim'] };
}

/** Top-level directories that are links into /usr (merged-usr), as base-files makes them. */
export function mergedUsrDirectories(architecture: ToolsArchitecture): readonly string[] {
  return architecture === 'amd64' ? ['bin', 'sbin', 'lib', 'lib64'] : ['bin', 'sbin', 'lib'];
}
