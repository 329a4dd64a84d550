import type { SerialLine } from '../settings.ts';
import { fetchParameters, type NetSettings, netParameters } from './parameters.ts';

/** A boot menu for clients without a medium. Kernel and initramfs are paths below `tftpboot/`, with a leading slash. */
export interface NetMenu {
  readonly title: string;
  readonly entries: readonly NetEntry[];
  /** Identifier of an entry; absent: the first. */
  readonly defaultId?: string;
  /** Absent: wait for ever. */
  readonly timeoutSeconds?: number;
  readonly serial?: SerialLine;
}

export interface NetEntry {
  /** `live-amd64`, `live-amd64-http`. */
  readonly id: string;
  readonly label: string;
  /** The letter that starts it. */
  readonly hotkey?: string;
  readonly linux: string;
  readonly initrd: string;
  readonly append: string;
}

/**
 * What a medium's entries become without a medium: each takes its root from the server, and behind them those that are
 * not fail-safe stand once more, with the whole system image loaded over HTTP into memory.
 */
export function networkEntries(entries: readonly NetEntry[], net: NetSettings): NetEntry[] {
  const mounted = entries.map((entry) => ({ ...entry, append: join(entry.append, netParameters(net)) }));
  const fetched = entries
    .filter(({ id }) => !id.endsWith('-failsafe'))
    .map(({ hotkey: _, ...entry }) => ({
      ...entry,
      id: `${entry.id}-http`,
      label: `${entry.label}, loaded into memory over HTTP`,
      append: join(entry.append, fetchParameters(net)),
    }));
  return [...mounted, ...fetched];
}

function join(...parameters: readonly string[]): string {
  return parameters.filter((part) => part !== '').join(' ');
}
