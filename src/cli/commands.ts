import type { Host, RunCommand } from './context.ts';
import type { OptionSyntax } from './getopt.ts';

/** An option of a command: a row of its help, and all that the parser needs. */
export interface CommandOption extends OptionSyntax {
  /** How people call the value: `N`. */
  readonly placeholder?: string;
  readonly help: string;
  /** Heading in help; default `Options`. */
  readonly group?: string;
}

export interface Example {
  readonly command: string;
  readonly text: string;
}

/** What a command's words became before it, or its auto script, was run. */
export interface Prepared {
  readonly words: readonly string[];
  readonly warnings: readonly { readonly message: string; readonly hint?: string }[];
}

export interface Command {
  readonly name: string;
  readonly group: 'Build' | 'Try' | 'Look';
  readonly summary: string;
  /** Words besides options, for help: `[IMAGE]`. Absent: there are none, and stray ones are dropped with a warning. */
  readonly operands?: string;
  readonly options: readonly CommandOption[];
  /** Options kept elsewhere, for help alone: the command reads its words (`context.argv`) by itself. */
  readonly loadOptions?: () => Promise<readonly CommandOption[]>;
  readonly examples: readonly Example[];
  /** What the command leaves alone, in one sentence. */
  readonly untouched: string;
  /** `auto/NAME` runs in its place where there is one. */
  readonly hasAutoScript?: true;
  /** Comes first, even before `auto/NAME` is looked for; `words` begin with `noauto` where that was given. */
  readonly loadPrepare?: () => Promise<{ prepare(words: readonly string[], host: Host): Promise<Prepared> }>;
  /** The `config/` tree is made first where there is none. */
  readonly needsConfig?: true;
  readonly load: () => Promise<{ readonly run: RunCommand }>;
}

const json: CommandOption = {
  long: 'json',
  argument: 'none',
  help: 'Write events to standard output, one JSON object per line.',
};

const build: Command = {
  name: 'build',
  group: 'Build',
  summary: 'Build the live system that config/ describes.',
  options: [
    { long: 'dry-run', short: 'n', argument: 'none', help: 'Show which steps would run and why, and run none.' },
    { long: 'jobs', short: 'j', argument: 'required', placeholder: 'N', help: 'Run up to N steps at once.' },
    json,
  ],
  examples: [
    { command: 'lb build', text: 'Build; what has been built before is reused.' },
    { command: 'lb build --dry-run', text: 'See what an edit would cost.' },
  ],
  untouched: 'Nothing is written outside the build directory and the store.',
  hasAutoScript: true,
  needsConfig: true,
  load: () => import('./commands/build.ts'),
};

const config: Command = {
  name: 'config',
  group: 'Build',
  summary: 'Create config/, or change what is set in it.',
  options: [],
  loadOptions: async () => (await import('./configOptions.ts')).configOptions(),
  examples: [
    { command: 'lb config', text: 'Make a config/ tree with the defaults.' },
    {
      command: 'lb config --distribution trixie --archive-areas "main contrib"',
      text: 'Set two options; all others stay.',
    },
  ],
  untouched: 'Options that you do not name keep their values; your own files in config/ are never overwritten.',
  hasAutoScript: true,
  loadPrepare: () => import('./cloneConfig.ts'),
  load: () => import('./commands/config.ts'),
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
  load: () => import('./commands/clean.ts'),
};

const test: Command = {
  name: 'test',
  group: 'Try',
  summary: 'Boot the images in virtual machines and say whether they work.',
  operands: '[IMAGE...]',
  options: [
    {
      long: 'boots',
      argument: 'required',
      placeholder: 'LIST',
      help:
        'Ways to boot, separated by commas: names as --list shows them (bios-cd), or groups: login, toram, persistence, luks, ' +
        'nfs, http, memtest, installer, all. Default: login, for netboot images nfs.',
    },
    { long: 'list', argument: 'none', help: 'Show all ways to boot and which apply to the images, and boot none.' },
    {
      long: 'jobs',
      short: 'j',
      argument: 'required',
      placeholder: 'N',
      help: 'Run up to N guests at once. Default: what memory and processors allow.',
    },
    { long: 'timeout', argument: 'required', placeholder: 'SECONDS', help: 'Give up on a guest after SECONDS.' },
    { long: 'memory', argument: 'required', placeholder: 'MIB', help: 'Memory of a guest in MiB.' },
    {
      long: 'output',
      argument: 'required',
      placeholder: 'DIR',
      help: 'Put the report, screenshots, consoles and verdicts into DIR.',
    },
    json,
  ],
  examples: [
    { command: 'lb test', text: 'Test the images of this directory; see .build/livewright/boots/report.html.' },
    { command: 'lb test --boots all', text: 'In every way that applies, persistence and memory test included.' },
    { command: 'lb test other.iso --boots uefi-cd', text: 'Test any image, one way.' },
  ],
  untouched: 'The images are opened read-only; persistence is tried with a copy.',
  load: () => import('./commands/test.ts'),
};

const run: Command = {
  name: 'run',
  group: 'Try',
  summary: 'Boot the image in a virtual machine and use it.',
  operands: '[IMAGE]',
  options: [
    { long: 'serial', argument: 'none', help: 'Use this terminal instead of a window.' },
    { long: 'uefi', argument: 'none', help: 'Boot by UEFI with Secure Boot instead of BIOS.' },
    { long: 'disk', argument: 'none', help: 'Attach an ISO image as a disk, as a stick would be, instead of as a CD.' },
    { long: 'memory', argument: 'required', placeholder: 'MIB', help: 'Memory of the guest in MiB.' },
  ],
  examples: [
    { command: 'lb run', text: 'Boot the image of this directory in a window.' },
    { command: 'lb run --serial --uefi', text: 'Over ssh, by UEFI.' },
  ],
  untouched: 'The image is opened read-only: what the guest writes is gone when it ends.',
  load: () => import('./commands/run.ts'),
};

const serve: Command = {
  name: 'serve',
  group: 'Try',
  summary: 'Let the machines of a network boot the netboot image.',
  operands: 'netboot [IMAGE]',
  options: [
    {
      long: 'interface',
      argument: 'required',
      placeholder: 'NAME',
      help: 'Serve on this network interface and no other.',
      group: 'Where',
    },
    {
      long: 'netns',
      argument: 'required',
      placeholder: 'NAME',
      help: 'Serve in this network namespace (see ip-netns(8)).',
      group: 'Where',
    },
    {
      long: 'proxy',
      argument: 'none',
      help: 'Add what to boot to the answers of another DHCP server (proxyDHCP; this is the default).',
      group: 'DHCP',
    },
    {
      long: 'dhcp',
      argument: 'none',
      help: 'Give out addresses. Only where there is no other DHCP server.',
      group: 'DHCP',
    },
    {
      long: 'range',
      argument: 'required',
      placeholder: 'FIRST,LAST',
      help: 'Addresses for --dhcp. Default: up to a hundred of the interface’s network.',
      group: 'DHCP',
    },
    { long: 'no-dhcp', argument: 'none', help: 'Leave DHCP to another server that is set up by hand.', group: 'DHCP' },
    { long: 'no-tftp', argument: 'none', help: 'Do not serve boot loaders, kernel and initramfs by TFTP.' },
    {
      long: 'no-ipxe',
      argument: 'none',
      help: 'Give iPXE the menu that other firmware gets, pxelinux or GRUB, and not its own script.',
    },
    { long: 'no-nfs', argument: 'none', help: 'Do not serve the live system by NFS.' },
    { long: 'no-http', argument: 'none', help: 'Do not serve anything by HTTP.' },
    { long: 'http-port', argument: 'required', placeholder: 'PORT', help: 'Serve HTTP at this port. Default: 80.' },
    json,
  ],
  examples: [
    { command: 'lb serve netboot --interface eth1', text: 'Beside the DHCP server that the network has.' },
    {
      command: 'lb serve netboot --interface eth1 --dhcp live-image-amd64.netboot.tar',
      text: 'With a switch and machines that are to boot, and nothing else.',
    },
  ],
  untouched: 'The image is not changed: menus that name another server are changed on their way to the client.',
  load: () => import('./commands/serve.ts'),
};

const write: Command = {
  name: 'write',
  group: 'Try',
  summary: 'Write the image to a stick, disc or file, check what was written, and use the rest of the stick.',
  operands: '[IMAGE] [DEVICE]',
  options: [
    { long: 'list', argument: 'none', help: 'List the drives and why some are refused; the same as without DEVICE.' },
    { long: 'yes', short: 'y', argument: 'none', help: 'Do not ask; DEVICE is overwritten.' },
    {
      long: 'persistence',
      argument: 'optional',
      placeholder: 'SIZE',
      help: 'Add a partition that keeps what the live system changes: of SIZE (500M, 4G), or all that is left.',
    },
    { long: 'encrypt', argument: 'none', help: 'Encrypt that partition (LUKS2).' },
    {
      long: 'passphrase-file',
      argument: 'required',
      placeholder: 'FILE',
      help: 'Read the passphrase from the one line of FILE instead of asking for it.',
    },
    {
      long: 'persistence-label',
      argument: 'required',
      placeholder: 'LABEL',
      help: 'Label of that partition; any but "persistence" has to be named at boot (persistence-label=LABEL).',
    },
    {
      long: 'data',
      argument: 'optional',
      placeholder: 'SIZE',
      help: 'Add a partition (exFAT) that other systems read and write too: of SIZE, or all that is left.',
    },
    { long: 'data-label', argument: 'required', placeholder: 'LABEL', help: 'Label of that partition; default DATA.' },
    { long: 'internal-disk', argument: 'none', help: 'Accept a disk that is not removable.' },
    json,
  ],
  examples: [
    { command: 'lb write', text: 'List the drives.' },
    { command: 'sudo lb write /dev/sdb', text: "Write this directory's image, after a question." },
    {
      command: 'sudo lb write other.iso /dev/sdb --persistence=8G --encrypt --data',
      text: 'Any image; 8 GiB of encrypted persistence, the rest for files.',
    },
    { command: 'lb write first.iso stick.img --persistence=1G', text: 'Make the image of such a stick, without root.' },
  ],
  untouched: 'Disks that are mounted or that this system runs from are never written to, whatever the options.',
  load: () => import('./commands/write.ts'),
};

const explain: Command = {
  name: 'explain',
  group: 'Look',
  summary: 'Say why a step would run again, or why it would not.',
  operands: 'STEP',
  options: [{ long: 'json', argument: 'none', help: 'The same as one JSON object.' }],
  examples: [{ command: 'lb explain rootfs', text: 'Which input of the step "rootfs" changed since the last build.' }],
  untouched: 'Nothing is built and nothing is written.',
  load: () => import('./commands/explain.ts'),
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
  load: () => import('./commands/shell.ts'),
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
  load: () => import('./commands/squashfs.ts'),
};

const help: Command = {
  name: 'help',
  group: 'Look',
  summary: 'Show help for a command.',
  operands: '[COMMAND]',
  options: [],
  examples: [{ command: 'lb help build', text: 'The same as lb build --help.' }],
  untouched: 'Nothing is written.',
  load: () => import('./commands/help.ts'),
};

const version: Command = {
  name: 'version',
  group: 'Look',
  summary: 'Show the versions of Livewright, Node and the kernel.',
  options: [],
  examples: [{ command: 'lb --version', text: "Livewright's version alone." }],
  untouched: 'Nothing is written.',
  load: () => import('./commands/version.ts'),
};

/** Every command. Dispatch, help and (later) completion and man page are made from this table. */
export const commands: readonly Command[] = [
  ...[config, build, clean],
  ...[test, run, write, serve],
  ...[explain, shell, squashfs, help, version],
];
