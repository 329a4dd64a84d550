import { LivewrightError } from '../errors.ts';
import { type InstallerMenu, installerMenu } from './installerMenu.ts';
import { fetchParameters, netParameters } from './netboot/parameters.ts';
import {
  type ExtraEntryName,
  hasLinks,
  isArm,
  type KernelSource,
  liveDirectory,
  type MediumSettings,
  type SerialLine,
} from './settings.ts';

/** A kernel on the medium. Paths are absolute there. */
export interface MediumKernel {
  readonly source: KernelSource;
  readonly linux: string;
  readonly initrd: string;
  /** For the one kernel that stands for a flavour: that flavour, and names without the version. */
  readonly stable?: { readonly flavour: string; readonly linux: string; readonly initrd: string };
}

export interface KernelEntry {
  readonly kind: 'kernel';
  /** `live-amd64`, `live-amd64-failsafe`, `live-amd64-toram`, `verify`. */
  readonly id: string;
  readonly label: string;
  readonly hotkey?: string;
  readonly kernel: MediumKernel;
  readonly append: string;
}

export interface ActionEntry {
  readonly kind: 'firmware' | 'hardware' | 'reboot' | 'power-off';
  readonly id: string;
  readonly label: string;
  readonly hotkey: string;
}

/** A memory test, in the forms that a BIOS and UEFI start. Paths are absolute on the medium. */
export interface MemtestEntry {
  readonly kind: 'memtest';
  readonly id: 'memtest';
  readonly label: string;
  readonly hotkey: string;
  readonly bios: string;
  readonly efi: string;
}

export type MenuEntry = KernelEntry | ActionEntry | MemtestEntry;

export interface BootMenu {
  readonly entries: readonly KernelEntry[];
  readonly installer?: InstallerMenu;
  readonly utilities: readonly MenuEntry[];
  /** The kernel parameter that names an ISO file the medium was started from; its value is appended. */
  readonly isoFileParameter: string;
  readonly defaultEntry: KernelEntry;
  readonly timeoutSeconds?: number;
  readonly serial?: MenuSerial;
}

/** A line that GRUB drives itself, or one that it reaches by the firmware's own console, as on ARM, where it knows no ports. */
export type MenuSerial = SerialLine & { readonly isFirmwares?: true };

// Natural order: 6.1.0-10 is newer than 6.1.0-9.
const naturalOrder = new Intl.Collator('en', { numeric: true });

/** Names the kernels on the medium: with version for all, and without it for the newest of each flavour. */
export function nameKernels(sources: readonly KernelSource[], settings: MediumSettings): MediumKernel[] {
  const { flavours } = settings;
  const directory = `/${liveDirectory(settings)}`;
  const newestFirst = sources.toSorted((a, b) => naturalOrder.compare(b.version, a.version));
  const chosen = flavours.map((flavour) => newestFirst.find((source) => source.flavour === flavour));
  // A kernel of the user's own making has no flavour that Debian knows; live-build takes the newest whatever its name.
  if (flavours.length === 1) chosen[0] ??= newestFirst[0];
  return newestFirst.map((source) => {
    const { version } = source;
    const named = { source, linux: `${directory}/vmlinuz-${version}`, initrd: `${directory}/initrd.img-${version}` };
    const position = chosen.indexOf(source);
    const flavour = flavours[position];
    if (flavour === undefined) return named;
    // live-build numbers the names only where there are several flavours.
    const number = flavours.length > 1 ? String(position + 1) : '';
    const stable = { flavour, linux: `${directory}/vmlinuz${number}`, initrd: `${directory}/initrd${number}.img` };
    // Where links are not to be had, the names without version are the only ones: a second copy would cost 80 MB.
    return hasLinks(settings) ? { ...named, stable } : { source, linux: stable.linux, initrd: stable.initrd, stable };
  });
}

/** `amd64` in `6.1.0-37-amd64`, `686-pae` in `6.12.30+deb13-686-pae`: what follows version and ABI name. */
export function kernelFlavour(version: string): string {
  return version.replace(/^[^-]+-/, '').replace(/^(?!(?:4|5|6)86\b)(?:\d[\w.+~]*|trunk|rc\d+)-/, '');
}

/**
 * Which of the flavours asked for a kernel is of; its own where it is of none. `6.12.30-rt-amd64` ends in `-amd64` too and is none
 * of that; names of other people's kernels may have more between version and flavour.
 */
export function requestedFlavour(version: string, flavours: readonly string[]): string {
  const own = kernelFlavour(version);
  if (flavours.includes(own) || /^(rt|cloud)-/.test(own)) return own;
  return flavours.find((flavour) => own.endsWith(`-${flavour}`)) ?? own;
}

/** The whole boot menu as data; `renderGrub...` and `renderIsolinux...` write it down. */
export function bootMenu(kernels: readonly MediumKernel[], settings: MediumSettings): BootMenu {
  const flavoured = settings.flavours.flatMap((flavour) =>
    kernels.filter((kernel) => kernel.stable?.flavour === flavour),
  );
  const others = kernels.filter((kernel) => !kernel.stable);
  const entries = [
    ...flavoured.flatMap((kernel, index) => flavourEntries(kernel, index, settings)),
    ...flavoured.slice(0, 1).flatMap((kernel) => extraEntries(kernel, settings)),
    ...others.flatMap((kernel) => versionEntries(kernel, settings)),
  ];
  const first = entries[0];
  if (!first) throw noKernel(settings.flavours);
  const { timeoutSeconds, serial } = settings.menu;
  const installer = installerMenu(settings);
  return {
    entries,
    ...(installer && { installer }),
    utilities: utilities(first.kernel, settings),
    isoFileParameter: settings.initramfs === 'dracut-live' ? 'iso-scan/filename' : 'findiso',
    defaultEntry: findDefault(entries, settings.menu.defaultEntry) ?? first,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(serial === undefined ? {} : { serial: isArm(settings) ? { ...serial, isFirmwares: true as const } : serial }),
  };
}

function flavourEntries(kernel: MediumKernel, index: number, settings: MediumSettings): KernelEntry[] {
  const flavour = kernel.stable?.flavour ?? kernel.source.flavour;
  const hotkey = index === 0 ? { hotkey: 'l' } : {};
  return withFailsafe(settings, {
    live: { kind: 'kernel', id: `live-${flavour}`, label: `Live system (${flavour})`, ...hotkey, kernel, append: '' },
    failsafeLabel: `Live system (${flavour} fail-safe mode)`,
  });
}

function versionEntries(kernel: MediumKernel, settings: MediumSettings): KernelEntry[] {
  const label = `Live system, kernel ${kernel.source.version}`;
  return withFailsafe(settings, {
    live: { kind: 'kernel', id: `live-${kernel.source.version}`, label, kernel, append: '' },
    failsafeLabel: `${label} (fail-safe mode)`,
  });
}

/** Parameters of live-boot(7). Whoever starts with an encrypted store is asked for its passphrase. */
const extras: Readonly<Record<ExtraEntryName, { readonly words: string; readonly append: string }>> = {
  persistence: { words: 'with persistence', append: 'persistence' },
  'persistence-encrypted': {
    words: 'with encrypted persistence',
    append: 'persistence persistence-encryption=luks',
  },
  toram: { words: 'copied to memory', append: 'toram' },
};

/** What the default kernel can also be started with: on request, and over HTTP where the medium is on a server. */
function extraEntries(kernel: MediumKernel, settings: MediumSettings): KernelEntry[] {
  const flavour = kernel.stable?.flavour ?? kernel.source.flavour;
  const entry = (name: string, words: string, append: string): KernelEntry => ({
    kind: 'kernel',
    id: `live-${flavour}-${name}`,
    label: `Live system (${flavour}, ${words})`,
    kernel,
    append,
  });
  const wanted = (settings.menu.extraEntries ?? []).map((name) =>
    entry(name, extras[name].words, joinWords(appendOf(settings.bootAppendLive, settings), extras[name].append)),
  );
  if (settings.net === undefined) return wanted;
  const fetched = joinWords(withConsole(settings.bootAppendLive, settings), fetchParameters(settings.net));
  return [entry('http', 'fetched over HTTP', fetched), ...wanted];
}

/** The kernel parameters of a live entry: the user's, and those that medium and menu need. */
function appendOf(parameters: string, settings: MediumSettings): string {
  const withRoot = settings.net === undefined ? parameters : joinWords(parameters, netWords(parameters, settings.net));
  return withConsole(withRoot, settings);
}

/** A user who has said where the medium is knows better. */
function netWords(parameters: string, net: NonNullable<MediumSettings['net']>): string {
  const isSaid = /(?:^|\s)(?:netboot|nfsroot|fetch|httpfs|ftpfs|root)=/.test(parameters);
  return isSaid ? '' : netParameters(net);
}

/** A menu on the serial line is of little use if the kernel then says nothing there. The last console is the main one. */
function withConsole(parameters: string, settings: MediumSettings): string {
  const { serial } = settings.menu;
  if (serial === undefined || /(?:^|\s)console=/.test(parameters)) return parameters;
  return joinWords(
    parameters,
    `console=tty0 console=${isArm(settings) ? 'ttyAMA' : 'ttyS'}${serial.port},${serial.speed}n8`,
  );
}

function joinWords(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function withFailsafe(settings: MediumSettings, { live, failsafeLabel }: { live: KernelEntry; failsafeLabel: string }) {
  const { hotkey: _, ...plain } = live;
  const entry = { ...live, append: appendOf(settings.bootAppendLive, settings) };
  if (settings.bootAppendLiveFailsafe === 'none') return [entry];
  const append = appendOf(settings.bootAppendLiveFailsafe, settings);
  return [entry, { ...plain, id: `${live.id}-failsafe`, label: failsafeLabel, append }];
}

function utilities(kernel: MediumKernel, settings: MediumSettings): MenuEntry[] {
  const all: MenuEntry[] = [
    { kind: 'hardware', id: 'hardware', label: 'Hardware Detection Tool (HDT)', hotkey: 'h' },
    { kind: 'firmware', id: 'firmware', label: 'UEFI Firmware Settings', hotkey: 'f' },
  ];
  if (settings.memtest) {
    const directory = `/${liveDirectory(settings)}`;
    const files = { bios: `${directory}/memtest.bin`, efi: `${directory}/memtest.efi` };
    all.unshift({
      kind: 'memtest',
      id: 'memtest',
      label: 'Memory Diagnostic Tool (memtest86+)',
      hotkey: 'm',
      ...files,
    });
  }
  // Of a medium on a server, files and list are in different places.
  if (settings.checksums.length > 0 && settings.initramfs !== 'none' && settings.net === undefined) {
    const append = withConsole(verifyParameters(settings), settings);
    const label = 'Verify integrity of the boot medium';
    all.push({ kind: 'kernel', id: 'verify', label, hotkey: 'v', kernel, append });
  }
  all.push(
    { kind: 'reboot', id: 'reboot', label: 'Restart', hotkey: 'r' },
    { kind: 'power-off', id: 'power-off', label: 'Power off', hotkey: 'p' },
  );
  return all;
}

/** The live parameters without what would hide the result, and the check. Words of live-boot(7) and dracut.cmdline(7). */
function verifyParameters(settings: MediumSettings): string {
  const shown = settings.bootAppendLive.split(' ').filter((word) => word !== 'quiet' && word !== 'splash');
  return [...shown, settings.initramfs === 'dracut-live' ? 'rd.live.check' : 'verify-checksums'].join(' ');
}

function findDefault(entries: readonly KernelEntry[], id: string | undefined): KernelEntry | undefined {
  const found = entries.find((entry) => entry.id === id);
  if (found || id === undefined) return found;
  throw new LivewrightError('CONFIG_VALUE', {
    message: `The boot menu has no entry "${id}".`,
    hint: `It has ${entries.map((entry) => entry.id).join(', ')}.`,
    data: { defaultEntry: id },
  });
}

function noKernel(flavours: readonly string[]): LivewrightError {
  return new LivewrightError('CONFIG_MISSING', {
    message: `The live system has no kernel of the flavour ${flavours.join(' or ')}.`,
    hint: 'Check --linux-packages and --linux-flavours, or put a kernel on a package list.',
    data: { flavours },
  });
}
