import { grubSerialInput, renderGrubSerialOutput } from '../grubMenu.ts';
import type { StartEntry } from '../startEntry.ts';
import type { NetMenu } from './menu.ts';

/**
 * `grub/grub.cfg`. Debian's signed network GRUB reads it from `/grub` of the server that it came from, by TFTP or HTTP,
 * and kernels likewise, since `$root` is that server. No module is loaded: under Secure Boot there is none to load.
 */
export function renderGrubNetMenu(menu: NetMenu): string {
  const { entries, defaultId, timeoutSeconds } = menu;
  const position = entries.findIndex(({ id }) => id === defaultId);
  return [
    '# The boot menu of UEFI machines that start over the network.',
    `set default=${Math.max(0, position)}`,
    ...(timeoutSeconds === undefined ? [] : [`set timeout=${timeoutSeconds}`]),
    ...looks(menu),
    '',
    // live-boot takes the network card that this names; with several cards it would otherwise guess.
    'if [ -n "$net_default_mac" ]; then',
    '\tset boot_card="BOOTIF=01-$net_default_mac"',
    'fi',
    'export boot_card',
    ...entries.flatMap((entry) => ['', ...renderEntry(entry)]),
    '',
    'menuentry "UEFI Firmware Settings" --hotkey=f {',
    '\tfwsetup',
    '}',
    '',
  ].join('\n');
}

/** The signed GRUB has its font inside; beside another one it lies as a file. */
function looks(menu: NetMenu): string[] {
  const serialOutput = [renderGrubSerialOutput(menu)].filter(Boolean);
  return [
    ...grubSerialInput(menu),
    'if [ -e (memdisk)/fonts/unicode.pf2 ]; then',
    '\tset menu_font=(memdisk)/fonts/unicode.pf2',
    'else',
    '\tset menu_font=$prefix/unicode.pf2',
    'fi',
    'if loadfont $menu_font; then',
    '\tset gfxmode=800x600,auto',
    '\tset gfxpayload=keep',
    '\tterminal_output gfxterm',
    'fi',
    ...serialOutput,
    'set menu_color_normal=light-gray/black',
    'set menu_color_highlight=white/cyan',
  ];
}

function renderEntry({ id, label, hotkey, linux, initrd, append }: StartEntry): string[] {
  const letter = hotkey === undefined ? '' : ` --hotkey=${hotkey}`;
  return [
    `menuentry "${label}" --id=${id}${letter} {`,
    `\tlinux\t${linux} ${quoteParameters(append)} $boot_card`,
    // Behind the kernel, so that whoever edits the entry finds `linux` where it is in every other one.
    '\techo "Loading the initramfs over the network ..."',
    `\tinitrd\t${initrd}`,
    '}',
  ];
}

// A bare semicolon would end GRUB's command. Whoever quotes has thought of GRUB already.
function quoteParameters(append: string): string {
  if (/["'\\]/.test(append)) return append;
  return append.replace(/[;&|<>]/g, '\\$&');
}
