/**
 * What differs in these builds beyond what `lb compat` expects of any two, each for a reason. With `version`: in builds of
 * that live-build alone; with `tree`: of that tree alone.
 * @type {readonly { list: string, names: RegExp, reason: string, version?: string, tree?: string }[]}
 */
export const reasons = [
  {
    ...{ list: 'Boot menus', names: /^syslinux: Verify integrity of the boot medium$/ },
    reason: "live-build has the entry in GRUB's menu alone, and 20230502 in none",
  },
  {
    ...{ list: 'Boot menus', names: /^grub: Verify integrity of the boot medium$/, version: '20230502' },
    reason: "live-build has the entry in GRUB's menu alone, and 20230502 in none",
  },
  {
    ...{ list: 'Boot menus', names: /fail-safe mode/, version: '20230502' },
    reason: "live-build 20230502 has `nolapic` among the parameters, trixie's has not",
  },
  {
    ...{ list: 'Files of the system', names: /^\/etc\/os-release$/, version: '20230502' },
    reason: "live-build 20230502 does not name the image in os-release, trixie's does, and so do we",
  },
  {
    ...{ list: 'Files of the system', names: /^\/etc\/os-release$/, tree: 'loaders' },
    reason: "its base system came from live-build 20230502's cache, which does not name the image in os-release",
  },
  {
    ...{ list: 'Files of the system', names: /^\/etc\/ssl\/certs\/[0-9a-f]{8}\.0$/, tree: 'desktop' },
    reason: 'link to the certificate of its own that a stock hook removes; live-build leaves it, pointing nowhere',
  },
  {
    ...{ list: 'Files of the system', names: /\/__pycache__$|^\/etc\/os-release$/, tree: 'desktop' },
    reason: 'a difference that this build showed, and that has been mended since',
  },
  {
    ...{ list: 'Files of the system', names: /^\/etc\/apt\/sources\.list$/, tree: 'desktop' },
    reason: "the mirror's address was given with a slash at its end to the one, and without it to the other",
  },
  {
    ...{ list: 'Files of the medium', names: /^\/efi\.img$/ },
    reason: 'what making the image of GRUB leaves behind in live-build; nothing starts it',
  },
  {
    ...{ list: 'Files of the medium', names: /^\/EFI\/boot\/bootia32\.efi$|^\/boot\/grub\/i386-efi(\/grub\.cfg)?$/ },
    reason: 'for 32-bit UEFI, which live-build 20250505 left out here and 20230502 did not',
  },
  {
    ...{ list: 'Files of the medium', names: /^\/live\/(vmlinuz|initrd\.img)$/, tree: 'loaders' },
    reason: 'the newest kernel under a name without its version, which live-build has only where syslinux is',
  },
  {
    ...{ list: 'Files of the medium', names: /^\/live\/filesystem\.packages-remove$/ },
    reason: 'OPEN: the list of packages that an installer takes away again is not written yet',
  },
  {
    ...{ list: 'Files of the system', names: /^\/etc\/hook-environment$/, tree: 'conditions' },
    reason: 'OPEN: hooks have `LC_ALL` and `SHLVL` besides, and no empty `http_proxy` and `no_proxy`',
  },
  {
    ...{ list: 'Packages', names: /^usr-is-merged$/, tree: 'local' },
    reason: 'a difference that this build showed, and that has been mended since',
  },
  {
    ...{ list: 'Files of the system', names: /usr-is-merged|^\/etc\/os-release$/, tree: 'local' },
    reason: 'a difference that this build showed, and that has been mended since; its base system came from 20230502',
  },
  {
    ...{ list: 'Boot menus', names: /./, tree: 'ext4' },
    reason: 'OPEN: live-build stopped before its boot loaders, as removing a tool for it would have removed e2fsprogs',
  },
  {
    ...{ list: 'Files of the medium', names: /./, tree: 'ext4' },
    reason: 'OPEN: live-build stopped before its boot loaders, as removing a tool for it would have removed e2fsprogs',
  },
  {
    ...{ list: 'Files of the system', names: /^\/etc\/apt\/sources\.list$/, tree: 'rescue' },
    reason: "the mirror's address was given with a slash at its end to the one, and without it to the other",
  },
  {
    ...{ list: 'Files of the system', names: /^\/etc\/apt\/sources\.list$/, tree: 'bookworm' },
    reason: "the mirror's address was given with a slash at its end to the one, and without it to the other",
  },
];
