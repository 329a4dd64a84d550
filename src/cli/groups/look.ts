import type { Command } from '../command.ts';

const explain: Command = {
  name: 'explain',
  group: 'Look',
  summary: 'Say why a step would run again, or why it would not.',
  operands: 'STEP',
  options: [{ long: 'json', argument: 'none', help: 'The same as one JSON object.' }],
  examples: [{ command: 'lb explain rootfs', text: 'Which input of the step "rootfs" changed since the last build.' }],
  untouched: 'Nothing is built and nothing is written.',
  load: () => import('../commands/explain.ts'),
};

const shell: Command = {
  name: 'shell',
  group: 'Look',
  summary: 'Enter the system as a step finds it.',
  operands: 'STEP [COMMAND...]',
  options: [],
  examples: [
    { command: 'lb shell initrd', text: 'Look around in the system as it is before the initramfs is made.' },
    {
      command: 'lb shell hook:normal/0100-mine.hook.chroot -- /root/0100-mine.hook.chroot',
      text: 'Run a hook again where it failed, at this terminal.',
    },
  ],
  untouched: 'What is written in there is thrown away when the shell ends.',
  load: () => import('../commands/shell.ts'),
};

const squashfs: Command = {
  name: 'squashfs',
  group: 'Look',
  summary: 'List, extract, verify or link SquashFS images.',
  operands: 'VERB IMAGE...',
  options: [{ long: 'json', argument: 'none', help: 'Of list: one JSON object per line.' }],
  examples: [
    { command: 'lb squashfs list filesystem.squashfs', text: 'Every name with mode, owner, size and time.' },
    { command: 'lb squashfs extract filesystem.squashfs root', text: 'Unpack it into the new directory root.' },
    { command: 'lb squashfs verify filesystem.squashfs', text: 'Read and decompress all of it.' },
    {
      command: 'lb squashfs link all.squashfs base.squashfs more.squashfs',
      text: 'Lay images over one another, the last on top, without compressing them again.',
    },
  ],
  untouched: 'Images are opened read-only.',
  load: () => import('../commands/squashfs.ts'),
};

const compat: Command = {
  name: 'compat',
  group: 'Look',
  summary: 'Compare a tree that live-build has built with what was built here.',
  operands: 'LIVE_BUILD_DIR',
  options: [
    { long: 'all', argument: 'none', help: 'Show every name, and not twenty of each list.' },
    { long: 'json', argument: 'none', help: 'The same as one JSON object.' },
  ],
  examples: [
    {
      command: 'lb compat ../with-live-build',
      text: 'Packages, files of the system, boot menus, files of the medium; exit code 1 if they differ.',
    },
  ],
  untouched: 'Both directories are only read.',
  load: () => import('../commands/compat.ts'),
};

const help: Command = {
  name: 'help',
  group: 'Look',
  summary: 'Show help for a command.',
  operands: '[COMMAND]',
  options: [],
  examples: [{ command: 'lb help build', text: 'The same as lb build --help.' }],
  untouched: 'Nothing is written.',
  load: () => import('../commands/help.ts'),
};

const version: Command = {
  name: 'version',
  group: 'Look',
  summary: 'Show the versions of Livewright, Node and the kernel.',
  options: [],
  examples: [{ command: 'lb --version', text: "Livewright's version alone." }],
  untouched: 'Nothing is written.',
  load: () => import('../commands/version.ts'),
};

/** Looking into what was built, and help. */
export const lookCommands: readonly Command[] = [explain, shell, squashfs, compat, help, version];
