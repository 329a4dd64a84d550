/** An option that is still accepted, with its argument, and does nothing. */
export interface ObsoleteRow {
  readonly long: string;
  readonly argument: 'required';
  readonly obsolete: string;
}

function obsolete(long: string, reason: string): ObsoleteRow {
  return { long, argument: 'required', obsolete: reason };
}

const nfs = 'network boot takes its server and path from the boot server';
const cow = 'the writable layer over the network was given up by live-boot';

/** The options that live-build 20250505 accepts with a warning. */
export const obsoleteOptions: readonly ObsoleteRow[] = [
  obsolete('fdisk', 'partitions are made without fdisk'),
  obsolete('grub-splash', 'put a picture at config/bootloaders/splash.svg instead'),
  obsolete('isohybrid-options', 'isohybrid is part of making the ISO image'),
  obsolete('losetup', 'no loop devices are used'),
  obsolete('net-cow-filesystem', cow),
  obsolete('net-cow-mountoptions', cow),
  obsolete('net-cow-path', cow),
  obsolete('net-cow-server', cow),
  obsolete('net-root-filesystem', nfs),
  obsolete('net-root-mountoptions', nfs),
  obsolete('net-root-path', nfs),
  obsolete('net-root-server', nfs),
  obsolete('tasksel', 'tasks are packages: put task-NAME on a package list'),
];
