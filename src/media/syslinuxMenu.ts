import type { BootMenu, KernelEntry, MemtestEntry, MenuEntry } from './bootMenu.ts';
import type { InstallerMenu } from './installerMenu.ts';

/** Syslinux's modules for the entries that start no kernel. A BIOS has no settings to jump to: undefined. */
const actions = {
  hardware: 'hdt.c32',
  reboot: 'reboot.c32',
  'power-off': 'poweroff.c32',
  firmware: undefined,
} as const;

/** `live.cfg`: the newest kernel of each flavour, by its name without version as live-build's. */
export function renderSyslinuxEntries(menu: BootMenu): string {
  const entries = menu.entries.filter((entry) => entry.kernel.stable);
  const chosen = entries.includes(menu.defaultEntry) ? menu.defaultEntry : entries[0];
  const blocks = entries.map((entry) => renderKernel(entry, entry === chosen));
  return `${blocks.join('\n\n')}\n`;
}

/** `utilities.cfg`. */
export function renderSyslinuxUtilities(menu: Pick<BootMenu, 'utilities'>): string {
  return `${menu.utilities.flatMap((entry) => renderEntry(entry)).join('\n\n')}\n`;
}

/** Tenths of a second. 0 is "wait for ever" to Syslinux, so "at once" becomes the shortest wait there is. */
export function syslinuxTimeout({ timeoutSeconds }: BootMenu): number {
  return timeoutSeconds === undefined ? 0 : Math.max(1, timeoutSeconds * 10);
}

export function renderSyslinuxSerial(menu: BootMenu): string {
  return menu.serial ? `serial ${menu.serial.port} ${menu.serial.speed}` : '';
}

function renderEntry(entry: MenuEntry): string[] {
  if (entry.kind === 'kernel') return [renderKernel(entry, false)];
  if (entry.kind === 'memtest') return [renderMemtest(entry)];
  const module = actions[entry.kind];
  if (module === undefined) return [];
  return [`label ${entry.id}\n\tmenu label ${markHotkey(entry.label, entry.hotkey)}\n\tcom32 ${module}`];
}

/** `linux` and not `kernel`: by the name's end Syslinux would take it for a boot sector. */
function renderMemtest({ id, label, hotkey, bios }: MemtestEntry): string {
  return `label ${id}\n\tmenu label ${markHotkey(label, hotkey)}\n\tlinux ${bios}`;
}

/** `install.cfg`: what starts the installer, the particular ways in a menu of their own. */
export function renderSyslinuxInstaller({ start, advanced }: InstallerMenu): string {
  const inside = advanced.map(({ id, label, hotkey, entries }) => {
    const blocks = entries.map((entry) => renderStart(entry, entry)).join('\n\n');
    return renderSubmenu({ id, title: label, label: markHotkey(label, hotkey) }, blocks);
  });
  const title = 'Advanced install options';
  const menu = renderSubmenu({ id: 'advanced-install', title, label: `^${title}` }, inside.join('\n\n'));
  return `${[...start.map((entry) => renderStart(entry, entry)), menu].join('\n\n')}\n`;
}

function renderSubmenu({ id, label, title }: { id: string; label: string; title: string }, inside: string): string {
  const lines = [
    `menu label ${label}`,
    `menu title ${title}`,
    'include stdmenu.cfg',
    `label back-from-${id}\n\tmenu label ^Back..\n\tmenu exit`,
    inside,
  ];
  return `menu begin ${id}\n${lines.join('\n').replaceAll(/^(?=.)/gm, '\t')}\nmenu end`;
}

function renderKernel(entry: KernelEntry, isDefault: boolean): string {
  const { linux, initrd } = entry.kernel.stable ?? entry.kernel;
  return renderStart(entry, { linux, initrd, append: entry.append, isDefault });
}

type Named = { readonly id: string; readonly label: string; readonly hotkey?: string };
type Start = { readonly linux: string; readonly initrd: string; readonly append: string; readonly isDefault?: boolean };

function renderStart({ id, label, hotkey }: Named, { linux, initrd, append, isDefault = false }: Start): string {
  const lines = [
    `label ${id}`,
    `menu label ${markHotkey(label, hotkey)}`,
    ...(isDefault ? ['menu default'] : []),
    `linux ${linux}`,
    `initrd ${initrd}`,
    `append ${append}`,
  ];
  return lines.join('\n\t');
}

/** `^` before the letter that starts the entry. */
function markHotkey(label: string, hotkey: string | undefined): string {
  const at = hotkey === undefined ? -1 : label.toLowerCase().indexOf(hotkey);
  return at === -1 ? label : `${label.slice(0, at)}^${label.slice(at)}`;
}
