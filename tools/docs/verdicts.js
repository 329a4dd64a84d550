/** Options of our own, which live-build does not have. */
export const isOwn = (name) => name.startsWith('bootMenu') || name === 'profile';

const kept = 'Results are always kept, by the hash of what they are made of, and are never out of date.';
const again = 'Works: live-build accepts it and has ignored it since 2010.';
const follows = 'What follows from it moves with it in later runs.';

/** Options that do more here than in live-build, by their name in the table. */
export const better = {
  architecture: `${follows} Another architecture’s programs are emulated without anything installed, and without root.`,
  distribution: `${follows} The default is a suite that stays.`,
  mode: `${follows} In other modes than debian the --mirror-* stand for the --parent-mirror-* that are not set.`,
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
  debianInstaller: 'From signed packages, on any mirror; kernel and udebs always fit.',
  debianInstallerPreseedfile: 'Files of `config/debian-installer` are on the medium, where the menu says.',
  source: 'Exact versions, by name and hash; a word about what no archive has.',
  debianInstallerDistribution: '`daily` and `git` are refused: nothing signs those builds.',
  sourceImages: 'Several in one build. `netboot` is refused: live-build makes nothing for it.',
  bootappendInstall: 'The preseed file is named once, however often lb config is run.',
  checksums: 'Lists may have commas.',
  isoVolume:
    'One that is too long is refused before anything is built; the default of a long suite is shortened, where live-build cannot make the image.',
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
  bootstrapQemuArchitecture:
    'Needless: what must be emulated follows from the architecture. One that is not the image’s is warned of.',
  bootstrapQemuStatic: 'Needless: the emulator comes with the tools, and leaves no file in the image.',
  apt: 'Packages are always chosen by apt, before anything is unpacked; with aptitude what no archive has is left out, with a word.',
  aptPipeline: 'Downloads of the build run in parallel; apt in hooks has the depth.',
  gzipOptions: 'What is compressed is the same on every machine.',
  mksquashfsOptions:
    'What says how to compress counts; what leaves files out (`-e`) is refused, with the place for it.',
  breakpoints: 'Works: live-build accepts it and never stops.',
  force: 'A step runs again when what it is made of has changed, and only then.',
};

/** Why an option, or some of its values, is not done; by its name in the table. */
export const notDone = {
  utcTime:
    'It chooses the zone of the times in names and texts of an image; here these are always UTC, so that the same input gives the same bytes.',
  aptitudeOptions: 'Ignored: aptitude chooses nothing here, with `--apt aptitude` neither.',
  debconfFrontend: 'All are built as `noninteractive`: a build asks no questions, as nobody may be there.',
  debootstrapScript:
    'One of debootstrap’s own is ignored: apt makes the base system of every suite. A script of the user’s is refused.',
  chrootFilesystem: '`jffs2`, which has not worked in live-build either.',
  unionFilesystem: 'Only `overlay`: kernels have no other.',
  interactive: '`x11` opens a shell; `xnest` does nothing, as in live-build.',
  jffs2Eraseblock: 'Only with jffs2.',
  bootloaderBios: '`grub-legacy`: built as `grub-pc`, which starts the same machines.',
  memtest: '`memtest86`: built as `memtest86+`; trixie has no other.',
};
