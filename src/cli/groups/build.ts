import { type Command, json } from '../command.ts';

const config: Command = {
  name: 'config',
  group: 'Build',
  summary: 'Create config/, or change what is set in it.',
  options: [],
  loadOptions: async () => (await import('../configOptions.ts')).configOptions(),
  examples: [
    { command: 'lb config', text: 'Make a config/ tree with the defaults.' },
    {
      command: 'lb config --distribution trixie --archive-areas "main contrib"',
      text: 'Set two options; all others stay.',
    },
  ],
  untouched: 'Options that you do not name keep their values; your own files in config/ are never overwritten.',
  hasAutoScript: true,
  loadPrepare: () => import('../cloneConfig.ts'),
  load: () => import('../commands/config.ts'),
};

const build: Command = {
  name: 'build',
  group: 'Build',
  summary: 'Build the live system that config/ describes.',
  options: [
    { long: 'dry-run', short: 'n', argument: 'none', help: 'Show which steps would run and why, and run none.' },
    { long: 'jobs', short: 'j', argument: 'required', placeholder: 'N', help: 'Run up to N steps at once.' },
    {
      long: 'profile',
      argument: 'required',
      placeholder: 'NAME',
      help: 'As lb config --profile, for this build alone: dev or release.',
    },
    json,
  ],
  examples: [
    { command: 'lb build', text: 'Build; what has been built before is reused.' },
    { command: 'lb build --dry-run', text: 'See what an edit would cost.' },
  ],
  untouched: 'Nothing is written outside the build directory and the store.',
  hasAutoScript: true,
  needsConfig: true,
  load: () => import('../commands/build.ts'),
};

const clean: Command = {
  name: 'clean',
  group: 'Build',
  summary: 'Remove what builds left in this directory.',
  options: [
    { long: 'all', argument: 'none', help: 'Remove stage, chroot, binary and source (this is the default).' },
    { long: 'stage', argument: 'none', help: 'Remove .build/, with the logs and what lb explain compares with.' },
    { long: 'chroot', argument: 'none', help: 'Remove chroot/ and its lists.' },
    { long: 'binary', argument: 'none', help: 'Remove the images, their side files, binary/ and tftpboot/.' },
    { long: 'source', argument: 'none', help: 'Remove the source images and source/.' },
    { long: 'cache', argument: 'none', help: 'Remove cache/, which live-build fills and Livewright does not need.' },
    { long: 'remove', argument: 'none', help: 'As --all, and the packages in cache/.' },
    {
      long: 'purge',
      argument: 'none',
      help: 'As --all and --cache, and drop from the store what only this directory uses.',
    },
  ],
  examples: [
    { command: 'lb clean', text: 'Remove the images; the next build takes everything from the store.' },
    { command: 'lb clean --purge', text: 'Also give back the disk space that this directory takes in the store.' },
  ],
  untouched: 'config/ and auto/ are never touched, and the store only by --purge.',
  hasAutoScript: true,
  load: () => import('../commands/clean.ts'),
};

/** From a configuration to an image. */
export const buildCommands: readonly Command[] = [config, build, clean];
