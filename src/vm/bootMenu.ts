import type { MenuEntry } from './bootPlan.ts';
import { openGrubEditor, selectGrubEntry } from './grubEntry.ts';
import { type Guest, pressKey, typeText } from './guest.ts';
import { countDifferentPixels, isBlank, type Picture } from './ppm.ts';
import { isTextMode, readScreen, readTextScreen, waitUntilSettled } from './screens.ts';
import { findLoaderFailure, type Waited, waitFor } from './waiting.ts';

export type BootLoader = 'syslinux' | 'grub';
export type KeyboardPace = 'normal' | 'slow';

export interface MenuWait {
  readonly timeoutMs: number;
  /** How long the menu must stand still before it counts as one. */
  readonly settleMs: number;
  /** Where this power-on begins in the console's text. */
  readonly fromOffset: number;
  /** Called, perhaps often, once the firmware runs. */
  readonly onFirmware: () => void;
  readonly signal?: AbortSignal;
}

/** Waits for a boot menu; `kernel` where the image boots by itself and already talks on the serial line. */
export async function waitForMenu(guest: Guest, wait: MenuWait): Promise<Waited<'menu' | 'kernel'>> {
  const look = lookForMenu(guest, wait);
  return waitFor(guest, {
    timeoutMs: wait.timeoutMs,
    look,
    failure: async () => {
      if ((await guest.readFirmwareLog()) !== '') wait.onFirmware();
      return findLoaderFailure(guest, wait.fromOffset);
    },
    ...(wait.signal ? { signal: wait.signal } : {}),
  });
}

/**
 * Firmware screens stand still too. UEFI firmware says on the serial line when it starts a boot loader; what the screen
 * shows at that moment is the firmware's. A BIOS's screen is text, and text can be read.
 */
function lookForMenu(guest: Guest, wait: MenuWait): () => Promise<'menu' | 'kernel' | undefined> {
  let firmwareScreen: Picture | undefined;
  let before: Picture | undefined;
  let startsSeen = 0;
  let standing: Picture | undefined;
  let sinceMs = 0;
  return async () => {
    const said = guest.console.text.slice(wait.fromOffset);
    if (/Linux version \d/.test(said)) return 'kernel';
    const picture = await readScreen(guest);
    const starts = said.match(/BdsDxe: starting/g)?.length ?? 0;
    if (starts > startsSeen) {
      startsSeen = starts;
      firmwareScreen = picture && screenAtStart(before, picture);
    }
    before = picture;
    const isNew = !standing || !picture || countDifferentPixels(standing, picture) >= changedFromPixels;
    if (isNew) {
      standing = picture;
      sinceMs = performance.now();
    }
    if (!picture || performance.now() - sinceMs < wait.settleMs || isBlank(picture)) return undefined;
    const isMenu = guest.isUefi ? isLoaderScreen(picture, firmwareScreen) : await isBiosMenu(guest, picture);
    return isMenu ? 'menu' : undefined;
  };
}

/** A few dozen characters: less may be a cursor, a clock or a countdown. */
const changedFromPixels = 300;

/**
 * The firmware's screen when it starts a loader, from what was seen just before and just after. A loader that was quicker
 * than we has switched to a mode of its own by then, which firmware in a graphical one does not do any more.
 */
export function screenAtStart(before: Picture | undefined, after: Picture): Picture {
  const isFirmware = before !== undefined && !isTextMode(before) && !isBlank(before);
  return isFirmware && (before.width !== after.width || before.height !== after.height) ? before : after;
}

function isLoaderScreen(picture: Picture, firmwareScreen: Picture | undefined): boolean {
  return firmwareScreen !== undefined && countDifferentPixels(firmwareScreen, picture) >= changedFromPixels;
}

async function isBiosMenu(guest: Guest, picture: Picture): Promise<boolean> {
  if (!isTextMode(picture)) return true;
  const text = (await readTextScreen(guest)).join('\n');
  return /GNU GRUB +version|^boot: *$|Press (?:\[Tab\]|ENTER)|#{8}/im.test(text);
}

export interface MenuEdit {
  /** Appended to the kernel's command line, without a leading blank. */
  readonly append: string;
  /** GRUB: how many lines below the entry's first line its `linux` command stands. */
  readonly linuxLine: number;
  readonly pace: KeyboardPace;
  /** What an earlier attempt found, so that it need not be tried out again. */
  readonly loader?: BootLoader | undefined;
  /** Default: the entry on which the menu stands. */
  readonly entry?: MenuEntry | undefined;
}

export interface EditResult {
  /** The boot loader that answered, or undefined where no key made a difference. */
  readonly loader?: BootLoader;
  /** The menu has no such entry; nothing was started. */
  readonly isEntryMissing?: true;
}

/** Appends to an entry's kernel command line as a person would, and boots it. */
export async function editAndBoot(guest: Guest, edit: MenuEdit): Promise<EditResult> {
  // A key without meaning ends a countdown in either boot loader.
  await pressKey(guest, ['insert'], 500);
  const order: readonly BootLoader[] = edit.loader
    ? [edit.loader]
    : guest.isUefi
      ? ['grub', 'syslinux']
      : ['syslinux', 'grub'];
  for (const loader of order) {
    if (!(await opensEditor(guest, loader === 'grub' ? 'e' : 'tab'))) continue;
    if (loader === 'syslinux') await editSyslinux(guest, edit);
    else if (!edit.entry) await editGrub(guest, edit);
    else {
      const linuxLine = await reopenAtEntry(guest, edit.entry, edit.pace);
      if (linuxLine === undefined) return { loader, isEntryMissing: true };
      await editGrub(guest, { ...edit, linuxLine });
    }
    return { loader };
  }
  return {};
}

/** Leaves GRUB's editor and opens it again on another entry. Returns the line of its `linux` command. */
async function reopenAtEntry(guest: Guest, entry: MenuEntry, pace: KeyboardPace): Promise<number | undefined> {
  await pressKey(guest, ['esc'], 1000);
  if (!(await selectGrubEntry(guest, entry, pauseOf(pace)))) return undefined;
  return openGrubEditor(guest);
}

/** Whether `key` changes the screen: Tab opens syslinux's line editor and means nothing to GRUB, `e` the reverse. */
async function opensEditor(guest: Guest, key: string): Promise<boolean> {
  const before = await waitUntilSettled(guest, { settleMs: 800, timeoutMs: 10_000 });
  await pressKey(guest, [key]);
  const opened = await waitFor(guest, {
    timeoutMs: 8000,
    look: async () => {
      const now = await readScreen(guest);
      return before && now && countDifferentPixels(before, now) >= changedFromPixels ? true : undefined;
    },
  });
  if (!('value' in opened)) return false;
  await waitUntilSettled(guest, { settleMs: 800, timeoutMs: 10_000 });
  return true;
}

function pauseOf(pace: KeyboardPace): number {
  return pace === 'slow' ? 250 : 80;
}

async function editSyslinux(guest: Guest, { append, pace, entry }: MenuEdit): Promise<void> {
  // Once out of the editor, once out of the menu; at the prompt an entry is started by its label.
  if (entry) for (let i = 0; i < 2; i++) await pressKey(guest, ['esc'], 1500);
  if (entry) return typeText(guest, `${entry.label} ${append}\n`, pauseOf(pace));
  await typeText(guest, ` ${append}\n`, pauseOf(pace));
}

async function editGrub(guest: Guest, { append, linuxLine, pace }: MenuEdit): Promise<void> {
  const pauseMs = pauseOf(pace);
  for (let line = 0; line < linuxLine; line++) await pressKey(guest, ['down'], pauseMs);
  await pressKey(guest, ['end'], pauseMs);
  await typeText(guest, ` ${append}`, pauseMs);
  await pressKey(guest, ['ctrl', 'x'], pauseMs);
}
