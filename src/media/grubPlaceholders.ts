import type { BootMenu } from './bootMenu.ts';
import { renderGrubEntries, renderGrubOptions, renderGrubSerialOutput, renderGrubUtilities } from './grubMenu.ts';
import { replaceLines, type Substitutions, substituteFirstOnLine, tidyGrub } from './placeholders.ts';
import { liveDirectory, type MediumSettings } from './settings.ts';

/**
 * Fills a `*.cfg` of `boot/grub`, ours or the user's. The names are live-build's; `@UTILITIES@`, `@MENU_OPTIONS@` and
 * `@MENU_SERIAL@` are our own additions. Names without `@` are an older live-build's and stand anywhere in a user's file.
 */
export function fillGrubTemplate(text: string, menu: BootMenu, settings: MediumSettings): string {
  const entries = renderGrubEntries(menu);
  const blocks: Substitutions = [
    ['@UTILITIES@', renderGrubUtilities(menu)],
    ['@MENU_OPTIONS@', renderGrubOptions(menu)],
    ['@MENU_SERIAL@', renderGrubSerialOutput(menu)],
  ];
  // The entries come last and are not looked at again: a kernel parameter may well contain the word MEMTEST.
  const held = replaceLines(replaceLines(text, '@LINUX_LIVE@', entriesMark), 'LINUX_LIVE', entriesMark);
  const filled = tidyGrub(substituteFirstOnLine(held, grubSubstitutions(menu, settings)));
  const withBlocks = blocks.reduce((current, [marker, block]) => replaceLines(current, marker, block), filled);
  return replaceLines(withBlocks, entriesMark, entries);
}

const entriesMark = '\u0001live entries\u0001';

/** In live-build's order, but longer names before those they contain, which live-build gets wrong. */
function grubSubstitutions(menu: BootMenu, settings: MediumSettings): Substitutions {
  const values = grubValues(menu, settings);
  const marked = Object.entries(values).map(([name, value]) => [`@${name}@`, value] as const);
  const bare = bareNames.map((name) => [name, values[name] ?? ''] as const);
  // Where there is no memory test, live-build puts nothing here.
  const memtest = settings.memtest ? 'source /boot/grub/memtest.cfg' : '';
  return [...marked, ...oldIncludes(settings), ['MEMTEST', memtest], ...bare];
}

function oldIncludes({ installer }: MediumSettings): Substitutions {
  const source = (name: string) => (installer ? `source /boot/grub/${name}` : '');
  return [
    ['LINUX_INSTALL', source('install_start.cfg')],
    ['LINUX_ADVANCED_INSTALL', source('install.cfg')],
  ];
}

const bareNames = [
  'KERNEL_GI',
  'INITRD_GI',
  'APPEND_GI',
  'KERNEL_DI',
  'INITRD_DI',
  'APPEND_DI',
  'LB_BOOTAPPEND_INSTALL',
  'LB_BOOTAPPEND_LIVE_FAILSAFE',
  'LB_BOOTAPPEND_LIVE',
  'KERNEL_LIVE',
  'INITRD_LIVE',
  'APPEND_LIVE',
] as const;

function grubValues(menu: BootMenu, settings: MediumSettings): Readonly<Record<string, string>> {
  const { kernel } = menu.entries[0]!;
  const { bootAppendLive, bootAppendInstall } = settings;
  const directory = `/${liveDirectory(settings)}`;
  return {
    KERNEL_GI: '/install/gtk/vmlinuz',
    INITRD_GI: '/install/gtk/initrd.gz',
    APPEND_GI: `vga=788 ${bootAppendInstall} --- quiet`,
    KERNEL_DI: '/install/vmlinuz',
    INITRD_DI: '/install/initrd.gz',
    APPEND_DI: `vga=normal ${bootAppendInstall} --- quiet`,
    KERNEL_LIVE: kernel.linux,
    INITRD_LIVE: kernel.initrd,
    // A user's own entry must work from an ISO file too, so it gets the parameter as live-build writes it.
    APPEND_LIVE: `${bootAppendLive} ${menu.isoFileParameter}=\${iso_path}`,
    LB_BOOTAPPEND_INSTALL: bootAppendInstall,
    LB_BOOTAPPEND_LIVE_FAILSAFE: settings.bootAppendLiveFailsafe,
    LB_BOOTAPPEND_LIVE: bootAppendLive,
    APPEND_INSTALL: bootAppendInstall,
    ENABLE_INSTALL_MENU: String(settings.installer !== undefined),
    ENABLE_MEMTEST: String(settings.memtest),
    ENABLE_VERIFY_CHECKSUMS: String(settings.checksums.length > 0),
    APPEND_VERIFY_CHECKSUMS: menu.utilities.find((entry) => entry.kind === 'kernel')?.append ?? '',
    MEMTEST_DIR: directory,
    MEMTEST_BIN: `${directory}/memtest.bin`,
    MEMTEST_VERSION: settings.memtest ? 'memtest86+' : 'none',
    FLAVOUR_LIVE: kernel.stable?.flavour ?? kernel.source.flavour,
  };
}
