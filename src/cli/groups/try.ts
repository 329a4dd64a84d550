import { type Command, json } from '../command.ts';

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
  load: () => import('../commands/test.ts'),
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
  load: () => import('../commands/run.ts'),
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
  load: () => import('../commands/write.ts'),
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
  load: () => import('../commands/serve.ts'),
};

/** Trying an image, and giving it to machines. */
export const tryCommands: readonly Command[] = [test, run, write, serve];
