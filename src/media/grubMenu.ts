import type { BootMenu, KernelEntry, MemtestEntry, MenuEntry } from './bootMenu.ts';
import type { InstallerGroup } from './installerMenu.ts';
import type { StartEntry } from './startEntry.ts';

/** GRUB's commands for the entries that start no kernel. GRUB has no hardware listing of HDT's kind: undefined. */
const actions = {
  firmware: 'fwsetup',
  reboot: 'reboot',
  'power-off': 'halt',
  hardware: undefined,
} as const;

/**
 * The live entries, to stand wherever a template says `@LINUX_LIVE@`. They bring what they need with them, because
 * the template around them may be the user's: `iso_path` is set by a loader that starts the medium from a file.
 */
export function renderGrubEntries(menu: BootMenu): string {
  const parameter = menu.isoFileParameter;
  const lines = [
    // live-build passes the parameter without a value on every ordinary boot; here only a loop-back boot has it.
    'if [ -n "$iso_path" ]; then',
    `\tset iso_file="${parameter}=$iso_path"`,
    'else',
    '\tset iso_file=""',
    'fi',
    'export iso_file',
    ...menu.entries.flatMap((entry) => ['', ...renderKernel(entry)]),
  ];
  return lines.join('\n');
}

/** The entries of the utilities menu. */
export function renderGrubUtilities(menu: Pick<BootMenu, 'utilities'>): string {
  return menu.utilities.flatMap((entry) => renderEntry(entry)).join('\n');
}

/** The settings at the head of the menu: default entry, time limit, serial line. */
export function renderGrubOptions(menu: BootMenu): string {
  const lines = [`set default=${menu.entries.indexOf(menu.defaultEntry)}`];
  if (menu.timeoutSeconds !== undefined) lines.push(`set timeout=${menu.timeoutSeconds}`);
  return [...lines, ...grubSerialInput(menu)].join('\n');
}

/** What makes GRUB listen to the serial line too. The firmware's console listens there already. */
export function grubSerialInput({ serial }: Pick<BootMenu, 'serial'>): string[] {
  if (serial === undefined || serial.isFirmwares) return [];
  return [`serial --unit=${serial.port} --speed=${serial.speed}`, 'terminal_input --append serial'];
}

/**
 * The line that sends the menu to the serial line as well; to stand after the choice of the screen's terminal. The firmware's
 * console is on screen and line at once, so it takes the place of GRUB's graphical one.
 */
export function renderGrubSerialOutput({ serial }: Pick<BootMenu, 'serial'>): string {
  if (serial === undefined) return '';
  return serial.isFirmwares ? 'terminal_output console' : 'terminal_output --append serial';
}

function renderEntry(entry: MenuEntry): string[] {
  if (entry.kind === 'kernel') return renderKernel(entry);
  if (entry.kind === 'memtest') return renderMemtest(entry);
  const command = actions[entry.kind];
  if (command === undefined) return [];
  const lines = [`menuentry "${entry.label}" --hotkey=${entry.hotkey} {`, `\t${command}`, '}'];
  if (entry.kind !== 'firmware') return lines;
  return ['if [ "$grub_platform" = "efi" ]; then', ...lines, 'fi'];
}

/** Under Secure Boot GRUB is locked down, and starts only what Debian or the user has signed; nobody signs memory tests. */
function renderMemtest({ label, hotkey, bios, efi }: MemtestEntry): string[] {
  return [
    'if [ "$lockdown" != "y" ]; then',
    `menuentry "${label}" --hotkey=${hotkey} {`,
    '\tif [ "$grub_platform" = "efi" ]; then',
    `\t\tlinux\t${efi}`,
    '\telse',
    `\t\tlinux\t${bios}`,
    '\tfi',
    '}',
    'fi',
  ];
}

/** `install.cfg`: the particular ways to install, each kind in a menu of its own. */
export function renderGrubGroups(groups: readonly InstallerGroup[]): string {
  const blocks = groups.map(({ label, hotkey, entries }) => {
    const inside = `source /boot/grub/theme.cfg\n${renderGrubInstaller(entries)}`.replaceAll(/^(?=.)/gm, '\t');
    return `submenu "${label} ..." --hotkey=${hotkey} {\n${inside}}\n`;
  });
  return blocks.join('');
}

/** `install_start.cfg`: what starts the installer. */
export function renderGrubInstaller(entries: readonly StartEntry[]): string {
  return `${entries.flatMap(({ linux, initrd, append, ...named }) => renderStart(named, { linux, initrd, append: quoteParameters(append) })).join('\n')}\n`;
}

function renderKernel(entry: KernelEntry): string[] {
  const { linux, initrd } = entry.kernel;
  return renderStart(entry, { linux, initrd, append: `${quoteParameters(entry.append)} \${iso_file}` });
}

type Named = { readonly label: string; readonly hotkey?: string };
type Start = { readonly linux: string; readonly initrd: string; readonly append: string };

function renderStart({ label, hotkey }: Named, { linux, initrd, append }: Start): string[] {
  const key = hotkey === undefined ? '' : ` --hotkey=${hotkey}`;
  return [`menuentry "${label}"${key} {`, `\tlinux\t${linux} ${append}`, `\tinitrd\t${initrd}`, '}'];
}

// A bare semicolon would end GRUB's command. Whoever quotes has thought of GRUB already.
function quoteParameters(append: string): string {
  if (/["'\\]/.test(append)) return append;
  return append.replace(/[;&|<>]/g, '\\$&');
}
