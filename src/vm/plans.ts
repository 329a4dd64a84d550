import type { Candidate } from './applies.ts';
import type { BootPlan, GuestShell, MenuEntry, VisitResult } from './bootPlan.ts';
import type { GuestCheck } from './checks.ts';
import { isMarked, type MarkedEntry } from './imageMarks.ts';
import type { Boot, Scenario } from './matrix.ts';
import type { GuestFacts } from './verdict.ts';

/** A plan, and where several power-ons are needed, one for each. */
export interface ScenarioPlan extends BootPlan {
  readonly parts?: readonly BootPlan[];
}

interface PlanRequest {
  readonly boot: Boot;
  readonly image: Candidate;
}

/** What is done with the guest of a row. Checks run wherever a system comes up, in the last of several boots. */
export function planFor(request: PlanRequest, checks: readonly GuestCheck[]): ScenarioPlan {
  const shared = { goal: 'login', checks, environment: environmentOf(request) } as const;
  const make = plans[request.boot.scenario];
  return make ? make(request, shared) : shared;
}

type MakePlan = (request: PlanRequest, shared: BootPlan & { readonly goal: 'login' }) => ScenarioPlan;

const plans: Readonly<Partial<Record<Scenario, MakePlan>>> = {
  toram: (_, shared) => ({ ...shared, append: 'toram', visit: (_shell, facts) => lookForMemory(facts) }),
  persistence: (_, shared) => persistencePlan({ ...shared, append: 'persistence' }),
  luks: (_, shared) =>
    persistencePlan({ ...shared, append: 'persistence persistence-encryption=luks', passphrase: 'livewright' }),
  memtest: ({ boot, image }) => {
    const { bios, uefi } = image.facts.marks.memtest;
    return {
      goal: 'memtest',
      entry: entryOf(boot.firmware === 'bios' ? bios : uefi, { word: 'memtest', submenu: /utilities/i }),
    };
  },
  installer: ({ image }) => {
    const { installer, graphicalInstaller } = image.facts.marks;
    // The text one may stand two menus deep, where the graphical one starts from the first.
    const first = [installer, graphicalInstaller].find(({ titles }) => titles.some((title) => /^start/i.test(title)));
    const entry = first ?? (isMarked(installer) ? installer : graphicalInstaller);
    return { goal: 'installer', entry: entryOf(entry, { word: 'install', submenu: /advanced/i }) };
  },
};

function environmentOf({ boot }: PlanRequest): Readonly<Record<string, string>> {
  return { LW_BOOT: boot.id, LW_MEDIUM: boot.attach, LW_FIRMWARE: boot.firmware };
}

/** live-boot's toram copies the medium to a tmpfs and puts that in the medium's place. */
export function lookForMemory({ liveMediumType }: GuestFacts): VisitResult {
  if (liveMediumType === 'tmpfs') return { shown: 'The medium is in memory.' };
  return { objection: `The system runs, but its medium is not in memory (${liveMediumType ?? 'nothing'} is mounted).` };
}

// In the home directory, because that is persistent whether all of the system is or only what people usually choose.
const keptFile = '"$HOME/.livewright-kept"';
const keptText = 'written before the power-off';

function persistencePlan(plan: BootPlan): ScenarioPlan {
  const { checks: _, ...first } = plan;
  return {
    ...plan,
    parts: [
      { ...first, visit: writeFile },
      { ...plan, visit: findFile },
    ],
  };
}

async function writeFile(shell: GuestShell): Promise<VisitResult> {
  // An image that brings the file along would prove nothing.
  const answer = await shell.ask(
    `[ ! -e ${keptFile} ] && echo "${keptText}" >${keptFile} && sync && cat ${keptFile}`,
    120_000,
  );
  if (answer === keptText) return { shown: 'A file was written.' };
  return { objection: 'The system runs, but a file could not be written to the home directory.' };
}

async function findFile(shell: GuestShell): Promise<VisitResult> {
  const answer = await shell.ask(`cat ${keptFile}`);
  if (answer === keptText) return { shown: 'The file written before the power-off is there.' };
  return { objection: 'The system runs, but the file written before the power-off is gone.' };
}

/** Variants that a person would not take first. */
const special = /expert|rescue|automated|speech|dark|safe/i;

function entryOf(
  { titles, labels }: MarkedEntry,
  { word, submenu }: { readonly word: string; readonly submenu: RegExp },
): MenuEntry {
  const first = (names: readonly string[]) => {
    const plain = names.filter((name) => !special.test(name));
    // What stands in the main menu begins with what it does; those of a menu of their own begin with their face, or are
    // called "Install" two menus deep, and may come first in the image.
    const find = (pattern: RegExp) => plain.find((name) => pattern.test(name));
    return find(/^start/i) ?? find(/^(install|memory)/i) ?? plain[0] ?? names[0];
  };
  const title = first(titles);
  return {
    title: new RegExp(title === undefined ? word : `^${escapePattern(title)}`, 'i'),
    submenu,
    label: first(labels) ?? word,
  };
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
