import { mirrorWithInstaller, signedArchive } from './materials.js';
import { trixieLiveBuild } from './sides.js';

/**
 * A build directory of `trees/`, built by live-build and by us.
 * @typedef {object} Tree
 * @property {string} name
 * @property {string} shows what it is there for, for the table
 * @property {string[]} [versions] of live-build, in the place of trixie's
 * @property {string[]} boots rows of `lb test` that it is put through
 * @property {(tree: string) => Promise<() => void>} [prepare] adds what cannot lie in the tree; gives what ends it
 */

/** @type {readonly Tree[]} */
export const trees = [
  {
    name: 'rescue',
    versions: ['installed', trixieLiveBuild],
    shows: 'rescue system for the console: headers, memory test, hooks, includes',
    boots: ['bios-cd'],
  },
  { name: 'desktop', shows: 'Xfce desktop with all that the task brings', boots: ['bios-cd'] },
  {
    ...{
      name: 'installer',
      shows: 'network installer, text and graphical, preseeded; hooks',
      boots: ['bios-cd', 'bios-cd-installer'],
    },
    prepare: mirrorWithInstaller,
  },
  {
    ...{
      name: 'local',
      shows: 'packages of its own, a signed archive with key, pin and apt settings',
      boots: ['uefi-cd'],
    },
    prepare: signedArchive,
  },
  { name: 'loaders', shows: 'boot-loader files of its own, binary hooks, GRUB alone', boots: ['uefi-disk'] },
  { name: 'ext4', shows: 'the system as an ext4 file system, plain ISO, syslinux alone', boots: ['bios-cd'] },
  {
    name: 'bookworm',
    versions: ['installed'],
    shows: 'Debian 12, standard system by a command, backports',
    boots: ['bios-disk'],
  },
  { name: 'conditions', shows: '#if lists, preseed, environment, includes, excludes', boots: ['bios-cd'] },
];
