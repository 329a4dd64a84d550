/** What an initramfs is to be besides what the system's own settings make of it. */
export type InitrdWishes = {
  /** dracut makes it, with these of its modules; absent: initramfs-tools. */
  readonly dracutModules?: readonly string[];
  /** Kernel modules besides those that initramfs-tools finds; those a kernel lacks are left out. */
  readonly modules?: readonly string[];
  /** It opens system images that have a dm-verity hash tree. */
  readonly opensVerity?: true;
  /** A program of the target's. */
  readonly compression?: 'bzip2' | 'lzma';
};

const directory = '/usr/share/initramfs-tools';

/**
 * libmount opens dm-verity devices by libcryptsetup, which it loads when it is asked to, so that the tools which gather what an
 * initramfs needs do not see it; live-boot's own hook brings the program alone.
 */
const verityHook = `#!/bin/sh
[ "$1" != prereqs ] || exit 0
. ${directory}/hook-functions
for library in /usr/lib/*/libcryptsetup.so.*; do
	case "$library" in *.so.*.*) ;; *) copy_exec "$library" ;; esac
done
force_load loop
force_load dm-verity
`;

type LentTexts = Readonly<Record<string, { readonly content: string; readonly mode?: number }>>;

/** Files that mkinitramfs reads; they are gone when the initramfs is made. */
export function lendWishes({ modules = [], opensVerity, compression }: InitrdWishes): LentTexts {
  return {
    ...(modules.length > 0 && { [`${directory}/modules.d/livewright`]: { content: `${modules.join('\n')}\n` } }),
    ...(opensVerity && { [`${directory}/hooks/livewright-verity`]: { content: verityHook, mode: 0o755 } }),
    ...(compression && { '/etc/initramfs-tools/conf.d/zz-livewright': { content: `COMPRESS=${compression}\n` } }),
  };
}

/** The program that makes the initramfs of a kernel. */
export function makerArgv(version: string, { dracutModules }: InitrdWishes): string[] {
  if (dracutModules === undefined) return ['update-initramfs', '-c', '-k', version];
  const add = dracutModules.flatMap((name) => ['--add', name]);
  return ['dracut', '--force', '--reproducible', ...add, `/boot/initrd.img-${version}`, version];
}
