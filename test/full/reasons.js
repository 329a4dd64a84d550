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
    ...{ list: 'Files of the system', names: /^\/etc\/ssl\/certs\/[0-9a-f]{8}\.0$/, tree: 'desktop' },
    reason: 'link to the certificate of its own that a stock hook removes; live-build leaves it, pointing nowhere',
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
];
