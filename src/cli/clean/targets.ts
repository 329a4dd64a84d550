export type CleanPart = 'stage' | 'chroot' | 'binary' | 'source' | 'cache' | 'cache-packages';

/** What the flags of `lb clean` stand for; no flag is `--all`. live-build(7), lb_clean. */
export function selectParts(flags: readonly string[]): ReadonlySet<CleanPart> {
  const has = (name: string) => flags.includes(name);
  const named = (['stage', 'chroot', 'binary', 'source', 'cache'] as const).filter(has);
  const isAll = has('all') || has('remove') || has('purge') || named.length === 0;
  return new Set<CleanPart>([
    ...named,
    ...(isAll ? (['stage', 'chroot', 'binary', 'source'] as const) : []),
    ...(has('remove') ? (['cache-packages'] as const) : []),
    ...(has('purge') ? (['cache'] as const) : []),
  ]);
}

export interface ImageNames {
  /** LB_IMAGE_NAME */
  readonly imageName: string;
  /** LB_ARCHITECTURE */
  readonly architecture: string;
}

/** Names inside the build directory and inside `.build/` and `cache/` that a clean of some parts removes. */
export interface Listing {
  readonly top: readonly string[];
  readonly stages: readonly string[];
  readonly cache: readonly string[];
}

/** Paths relative to the build directory, each once. Never anything below `config/` or `auto/`. */
export function findTargets(listing: Listing, parts: ReadonlySet<CleanPart>, names: ImageNames): readonly string[] {
  const chosen = [...parts];
  return [
    ...listing.top.filter((name) => name === '.lock' || chosen.some((part) => isOf(part, name, names))),
    ...listing.stages.filter((name) => chosen.some((part) => isStageOf(part, name))).map((name) => `.build/${name}`),
    // All of cache/ goes anyway where that is asked for.
    ...listing.cache
      .filter((name) => parts.has('cache-packages') && !parts.has('cache') && name.startsWith('packages.'))
      .map((name) => `cache/${name}`),
  ];
}

const sums = [
  'MD5SUMS',
  'SHA1SUMS',
  'SHA256SUMS',
  'SHA512SUMS',
  'md5sum.txt',
  'sha1sum.txt',
  'sha256sum.txt',
  'sha512sum.txt',
];

const fixedNames: Readonly<Partial<Record<CleanPart, readonly string[]>>> = {
  chroot: [
    'chroot',
    'chroot.tmp',
    'chroot.files',
    'chroot.packages.install',
    'chroot.packages.live',
    'chroot.installed_tmp_pkgs',
  ],
  binary: ['binary', 'binary.tmp', 'binary.deb', 'binary.udeb', 'tftpboot', 'binary.modified_timestamps', ...sums],
  source: ['source', 'source.modified_timestamps'],
  cache: ['cache'],
};

function isOf(part: CleanPart, name: string, names: ImageNames): boolean {
  if (fixedNames[part]?.includes(name)) return true;
  if (part === 'binary') return isImage(name, names);
  return part === 'source' && isSourceImage(name, names.imageName);
}

function isStageOf(part: CleanPart, name: string): boolean {
  return part === 'stage' || ((part === 'chroot' || part === 'binary' || part === 'source') && name.startsWith(part));
}

// https://wiki.debian.org/SupportedArchitectures, with those of the ports.
const architectures =
  'alpha amd64 arm64 armel armhf hppa hurd-amd64 hurd-i386 i386 ia64 loong64 m68k mips mips64el mipsel powerpc ppc64 ppc64el riscv64 s390x sh4 sparc64 x32'.split(
    ' ',
  );

const packed = '(\\.(gz|bz2|lz|xz|zst))?';
const images = `\\.((hybrid\\.)?iso(-ONIE\\.bin)?|img|(netboot\\.|tar\\.)?tar${packed})(\\.zsync${packed})?`;

/**
 * Whether a build makes a file of this name, for any architecture. live-build removes `NAME*.iso` instead, which takes
 * a `NAME-backup.iso` of the user's along, and yet leaves uncompressed netboot and tar images.
 */
function isImage(name: string, { imageName, architecture }: ImageNames): boolean {
  if (name === `${imageName}.sh`) return true;
  const known = [...new Set([...architectures, architecture])].map(escapeRegExp).join('|');
  const own = new RegExp(`^${escapeRegExp(imageName)}-(${known})(${images}|\\.(contents|packages|files))$`);
  return own.test(name);
}

function isSourceImage(name: string, imageName: string): boolean {
  const own = `(\\.(hybrid\\.)?iso|\\.img|\\.(debian|live)\\.(tar${packed}|contents|list)|\\.list|-selection\\.txt)`;
  return new RegExp(`^${escapeRegExp(imageName)}-source${own}$`).test(name);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
