/** Where files of a directory of live-build 2 belong today. */
export interface OldDirectory {
  /** Below `config/`. */
  readonly path: string;
  /** What a file of this name is called today, below `config/`; undefined: it means nothing. */
  readonly rename?: (name: string) => string | undefined;
  /** The whole directory's name of today, below `config/`. */
  readonly whole?: string;
  /** What to do where there is nothing to link. */
  readonly advice?: string;
}

const keepEnding = (ending: string) => (name: string) => (name.endsWith(ending) ? name : `${name}${ending}`);

/** A list ends in `.list` there, or in nothing. */
const list = (ending: string) => (name: string) => `package-lists/${name.replace(/\.list$/, '')}.list.${ending}`;

/** `NAME.chroot`, `NAME.binary.gpg`: sources and their keys. */
function archive(name: string): string | undefined {
  const [, stem, phase, key] = /^(.+?)\.(chroot|binary)(\.gpg)?$/.exec(name) ?? [];
  return stem === undefined ? undefined : `archives/${stem}.${key === undefined ? 'list' : 'key'}.${phase}`;
}

const templates = 'Templates are files of config/bootloaders today, with other names and placeholders.';

/** The directories of live-build 2 (2010) and live-helper, which live-build 3 renamed. */
export const oldDirectories: readonly OldDirectory[] = [
  { path: 'chroot_local-packageslists', rename: list('chroot') },
  { path: 'chroot_local-packagelists', rename: list('chroot') },
  { path: 'chroot_local-hooks', rename: (name) => `hooks/normal/${keepEnding('.chroot')(name)}` },
  { path: 'chroot_local-packages', rename: (name) => (name.endsWith('.deb') ? `packages.chroot/${name}` : undefined) },
  { path: 'chroot_local-preseed', rename: (name) => `preseed/${name.replace(/\.cfg$/, '')}.cfg.chroot` },
  { path: 'chroot_sources', rename: archive },
  { path: 'chroot_apt', rename: (name) => (/^(apt\.conf|preferences)$/.test(name) ? `apt/${name}` : undefined) },
  { path: 'chroot_local-includes', whole: 'includes.chroot' },
  { path: 'binary_local-packageslists', rename: list('binary') },
  { path: 'binary_local-packagelists', rename: list('binary') },
  { path: 'binary_local-hooks', rename: (name) => `hooks/normal/${keepEnding('.binary')(name)}` },
  { path: 'binary_local-debs', rename: (name) => `packages.binary/${name}` },
  { path: 'binary_local-udebs', rename: (name) => `packages.binary/${name}` },
  { path: 'binary_local-includes', whole: 'includes.binary' },
  { path: 'binary_debian-installer', rename: (name) => `debian-installer/${name}` },
  { path: 'binary_debian-installer-includes', whole: 'includes.installer' },
  { path: 'binary_rootfs', rename: (name) => `rootfs/${name}` },
  { path: 'binary_syslinux', advice: templates },
  { path: 'binary_grub', advice: templates },
  { path: 'templates', advice: templates },
  { path: 'chroot_local-patches', advice: 'Apply patches in a hook of config/hooks/normal.' },
  { path: 'chroot_local-tasklists', advice: 'Put task-NAME on a list of config/package-lists.' },
];
