import type { GuestCheck } from './checks.ts';
import type { GuestFacts } from './verdict.ts';

/** What a boot is to come to. */
export type BootGoal = 'login' | 'memtest' | 'installer';

/** An entry of a boot menu, by what a person would look for. */
export interface MenuEntry {
  /** GRUB: what the entry's line shows. */
  readonly title: RegExp;
  /** GRUB: what the line of the submenu shows in which the entry may stand. */
  readonly submenu?: RegExp;
  /** Syslinux: the entry's label. */
  readonly label: string;
}

/** What a way of booting found out in a running system. */
export interface VisitResult {
  /** One sentence: what it was to show. */
  readonly shown?: string;
  /** One sentence: what is wrong. */
  readonly objection?: string;
}

export interface GuestShell {
  /** What `command`, which has no single quotes, writes; undefined without an answer. */
  ask(command: string, timeoutMs?: number): Promise<string | undefined>;
}

/** What is done with a guest, from its boot menu on. */
export interface BootPlan {
  readonly goal: BootGoal;
  /** Kernel parameters added to the menu entry's own. */
  readonly append?: string;
  /** Default: the entry on which the menu stands. */
  readonly entry?: MenuEntry;
  /** What the initramfs is told when it asks for a passphrase. */
  readonly passphrase?: string;
  /** Called with a shell in the running system and what is known of it. */
  readonly visit?: (shell: GuestShell, facts: GuestFacts) => Promise<VisitResult> | VisitResult;
  readonly checks?: readonly GuestCheck[];
  /** For the checks. */
  readonly environment?: Readonly<Record<string, string>>;
}
