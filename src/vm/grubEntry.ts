import { setTimeout as sleep } from 'node:timers/promises';
import type { MenuEntry } from './bootPlan.ts';
import { type Guest, pressKey, typeText } from './guest.ts';
import { readTextIfAny, waitFor } from './waiting.ts';

const mostEntries = 60;

/**
 * Moves GRUB's selection to `entry`, as a person would who reads the menu. A drawn menu cannot be read, so GRUB is told to
 * use its text terminal: a BIOS's text screen is in memory, and UEFI firmware repeats its console on the serial line.
 * False where the menu has no such entry.
 */
export async function selectGrubEntry(guest: Guest, entry: MenuEntry, pauseMs: number): Promise<boolean> {
  await pressKey(guest, ['c'], 1500);
  await typeText(guest, 'terminal_output console\n', pauseMs);
  await sleep(1500);
  const reader = createReader(guest);
  await pressKey(guest, ['esc'], 500);
  if (await walkTo(guest, reader, entry.title)) return true;
  if (!entry.submenu) return false;
  reader.forget();
  await pressKey(guest, ['home'], 500);
  if (!(await walkTo(guest, reader, entry.submenu))) return false;
  reader.forget();
  await pressKey(guest, ['ret'], 500);
  return walkTo(guest, reader, entry.title);
}

/**
 * Opens the editor on the selected entry. Returns how many lines below the entry's first one its `linux` command stands;
 * undefined where no editor opened.
 */
export async function openGrubEditor(guest: Guest): Promise<number | undefined> {
  const from = guest.console.text.length;
  // The picture tells nothing here: with UEFI, GRUB's text terminal may leave the screen as it was.
  const read = async () => (guest.isUefi ? guest.console.text.slice(from) : await readTextIfAny(guest));
  await pressKey(guest, ['e']);
  const opened = await waitFor(guest, {
    timeoutMs: 10_000,
    pollMs: 200,
    look: async () => (/setparams /.test(await read()) ? true : undefined),
  });
  if (!('value' in opened)) return undefined;
  await sleep(1500);
  return findLinuxLine(await read()) ?? usualLinuxLine;
}

/** Below `setparams` stands an empty line, then the entry's commands. */
const usualLinuxLine = 2;
const linuxCommand = /^(?:linux|linux16|linuxefi|kernel)(?:\s|$)/;

/** A text screen has the editor's lines one below the other; the serial line has them in one, with blanks up to the edge. */
export function findLinuxLine(text: string): number | undefined {
  const [first = '', ...rows] = text.slice(text.lastIndexOf('setparams ')).split('\n');
  const row = rows.findIndex((line) => linuxCommand.test(line.replace(/^[\s#|]+/, '')));
  if (row >= 0) return row + 1;
  const commands = first.split(/\s{2,}/).slice(1);
  const at = commands.findIndex((command) => linuxCommand.test(command));
  return at < 0 ? undefined : usualLinuxLine + at;
}

interface Reader {
  /** The line on which the selection stands, as far as it has been seen since `forget`. */
  read(): Promise<string | undefined>;
  forget(): void;
}

function createReader(guest: Guest): Reader {
  let from = guest.console.text.length;
  return {
    read: async () => findSelected(guest.isUefi ? guest.console.text.slice(from) : await readTextIfAny(guest)),
    forget: () => {
      from = guest.console.text.length;
    },
  };
}

/** GRUB marks the selected line of a text menu with a star before it. The newest mark counts. */
export function findSelected(text: string): string | undefined {
  const marks = [...text.matchAll(/(?:^|[^\w*])\*([^\s*][^*\n]*?)(?=\s{2,}|\s*[|#]|\s*$)/gm)];
  return marks.at(-1)?.[1]?.trim();
}

async function walkTo(guest: Guest, reader: Reader, wanted: RegExp): Promise<boolean> {
  let standing: string | undefined;
  for (let step = 0; step < mostEntries; step++) {
    const before = standing;
    const moved = await waitFor(guest, {
      timeoutMs: 4000,
      pollMs: 200,
      look: async () => {
        const now = await reader.read();
        return now !== undefined && now !== before ? now : undefined;
      },
    });
    // The last entry: the selection goes no further.
    if (!('value' in moved)) return false;
    standing = moved.value;
    if (wanted.test(standing)) return true;
    reader.forget();
    await pressKey(guest, ['down'], 200);
  }
  return false;
}
