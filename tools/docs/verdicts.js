/** Options of our own, which live-build does not have. */
export const isOwn = (name) => name.startsWith('bootMenu') || name === 'profile';

const kept = 'Results are always kept, by the hash of what they are made of, and are never out of date.';
const again = 'Works: live-build accepts it and has ignored it since 2010.';
const follows = 'What follows from it moves with it in later runs.';
const yet = 'Not built yet.';

/** Options that do more here than in live-build, by their name in the table. */
export const better = {
  architecture: follows,
  distribution: `${follows} The default is a suite that stays.`,
  mode: follows,
  archiveAreas: follows,
  mirrorBootstrap: "The default is the mirror of this machine's apt sources.",
  mirrorBinary: "The default is the mirror of this machine's apt sources.",
  mirrorChrootSecurity: "The default is the mirror of this machine's apt sources.",
  mirrorBinarySecurity: "The default is the mirror of this machine's apt sources.",
  binaryImages: 'Several in one build, from one system.',
  binaryFilesystem: 'Made without loop devices and without root. `ntfs`: refused.',
  bootloaders: 'GRUB for UEFI also on hdd and netboot images.',
  bootloaderEfi: 'hdd and netboot images start by UEFI too.',
  uefiSecureBoot: 'Also for hdd and netboot images.',
  bootappendInstall: 'The preseed file is named once, however often lb config is run.',
  checksums: 'Lists may have commas.',
  isoVolume: 'One that is too long is refused before anything is built.',
  system: 'With `--chroot-filesystem none`, the menu of a disk names its root.',
  initramfs: '`dracut-live` with netboot images, which start nowhere in live-build, is refused.',
  initramfsCompression: 'Also where the usual initramfs is not gzip.',
  dmVerity: 'The initramfs can open it; the same image has the same hashes.',
  dmVeritySign: 'The command runs in a sandbox.',
  swapFilePath: 'Readable by root alone.',
  onie: 'The installer deletes no partitions.',
  chrootSquashfsCompressionType: 'What was compressed once is not compressed again.',
  ...Object.fromEntries(
    ['Filesystem', 'Path', 'Server', 'Mountoptions'].flatMap((part) => [
      [`netRoot${part}`, again],
      [`netCow${part}`, again],
    ]),
  ),
  ...Object.fromEntries(['cache', 'cacheIndices', 'cachePackages', 'cacheStages'].map((name) => [name, kept])),
  buildWithChroot: 'Programs come from the tools tree, which is neither the host nor the target.',
  buildWithTmpfs: 'dpkg does not wait for the disk in any case.',
  apt: 'Packages are always chosen by apt, before anything is unpacked; with aptitude what no archive has is left out, with a word.',
  aptPipeline: 'Downloads of the build run in parallel; apt in hooks has the depth.',
  gzipOptions: 'What is compressed is the same on every machine.',
  force: 'A step runs again when what it is made of has changed, and only then.',
};

/** Why an option, or some of its values, is not done; by its name in the table. */
export const notDone = {
  utcTime:
    'It chooses the zone of the times in names and texts of an image; here these are always UTC, so that the same input gives the same bytes.',
  aptitudeOptions: 'aptitude is not used.',
  debconfFrontend: 'Only `noninteractive`: a build asks no questions, as nobody may be there.',
  debootstrapScript: 'The base system is not made by debootstrap.',
  bootstrapQemuArchitecture: yet,
  bootstrapQemuExclude: 'Only with a foreign bootstrap.',
  bootstrapQemuStatic: 'Only with a foreign bootstrap.',
  chrootFilesystem: '`jffs2`, which has not worked in live-build either.',
  unionFilesystem: 'Only `overlay`: kernels have no other.',
  interactive: 'A build asks no questions. `lb shell STEP` opens a shell in the system as any step finds it.',
  jffs2Eraseblock: 'Only with jffs2.',
  bootloaderBios: '`grub-legacy`: not built yet; `grub-pc` and `syslinux` start the same machines.',
  memtest: '`memtest86`: trixie does not have it any more.',
  debianInstaller: '`cdrom`, `live`: not built yet.',
  debianInstallerPreseedfile:
    'Named to the installer; the file itself is put onto the medium by `config/includes.binary`.',
  firmwareBinary: 'Not built yet; firmware of the live system is.',
  source: '`true`: not built yet.',
  sourceImages: 'Only with source images.',
  breakpoints: 'Does nothing, as in live-build.',
  mksquashfsOptions: 'Compression has options of its own: --chroot-squashfs-compression-type.',
};
