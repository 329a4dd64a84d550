/** An option that is still accepted, with its argument, and does nothing. */
export interface ObsoleteRow {
  readonly long: string;
  readonly argument: 'required';
  readonly obsolete: string;
}

function obsolete(long: string, reason: string): ObsoleteRow {
  return { long, argument: 'required', obsolete: reason };
}

/** The options that live-build 20250505 accepts with a warning; those of netboot have come back (`netboot.ts`). */
export const obsoleteOptions: readonly ObsoleteRow[] = [
  obsolete('fdisk', 'partitions are made without fdisk'),
  obsolete('grub-splash', 'put a picture at config/bootloaders/splash.svg instead'),
  obsolete('isohybrid-options', 'isohybrid is part of making the ISO image'),
  obsolete('losetup', 'no loop devices are used'),
  obsolete('tasksel', 'tasks are packages: put task-NAME on a package list'),
];
