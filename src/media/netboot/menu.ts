import type { BootMenu, MenuSerial } from '../bootMenu.ts';
import type { StartEntry } from '../startEntry.ts';

/** A boot menu for clients without a medium. Kernel and initramfs are paths below `tftpboot/`, with a leading slash. */
export interface NetMenu {
  readonly title: string;
  readonly entries: readonly StartEntry[];
  /** Identifier of an entry; absent: the first. */
  readonly defaultId?: string;
  /** Absent: wait for ever. */
  readonly timeoutSeconds?: number;
  readonly serial?: MenuSerial;
}

/** The entries of a medium's menu that make sense without a medium: those that start a kernel. */
export function netMenu(menu: BootMenu, title: string): NetMenu {
  const { defaultEntry, timeoutSeconds, serial, installer } = menu;
  const live = menu.entries.map(({ kernel, ...entry }) => ({ ...entry, ...(kernel.stable ?? kernel) }));
  return {
    title,
    entries: [...live, ...(installer?.start ?? [])],
    defaultId: defaultEntry.id,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(serial && { serial }),
  };
}
