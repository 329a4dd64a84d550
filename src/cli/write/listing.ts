import type { Drive } from '../../usb/drives.ts';
import { isPortable, judgeDrive, type Wish } from '../../usb/judge.ts';
import { sizeText } from '../../usb/sizes.ts';

/** One drive as fields, for JSON. */
export interface ListedDrive {
  readonly path: string;
  readonly model: string;
  readonly sizeBytes: number;
  readonly bus: string;
  readonly serial: string;
  readonly isRemovable: boolean;
  readonly contents: readonly string[];
  readonly refused?: { readonly reason: string; readonly message: string; readonly hint: string };
}

/** Drives that a person could mean: no memory disks, stacked devices or idle loop devices. */
export function listDrives(drives: readonly Drive[], wish: Wish): ListedDrive[] {
  return drives
    .filter(({ bus, sizeBytes }) => bus !== 'stacked' && (bus !== 'loop' || sizeBytes > 0))
    .map((drive): ListedDrive => {
      const refused = judgeDrive(drive, wish);
      const { path, model, sizeBytes, bus, serial, contents } = drive;
      const listed = { path, model, sizeBytes, bus, serial, isRemovable: isPortable(drive), contents };
      return refused === undefined ? listed : { ...listed, refused };
    })
    .sort((one, other) => Number(one.refused !== undefined) - Number(other.refused !== undefined));
}

/** The list for a person: what may be written to first, then the others with the reason. */
export function renderDrives(drives: readonly ListedDrive[]): string {
  const usable = drives.filter(({ refused }) => refused === undefined);
  const others = drives.filter(({ refused }) => refused !== undefined);
  const head = usable.length === 0 ? 'There is no drive that may be written to.\n' : 'Drives that may be written to:\n';
  const refused = others.length === 0 ? '' : `\nRefused:\n${others.map(describe).join('')}`;
  return `${head}${usable.map(describe).join('')}${refused}`;
}

function describe({ path, model, sizeBytes, bus, serial, contents, refused }: ListedDrive): string {
  const facts = [
    model,
    bus === 'optical' ? '' : sizeText(sizeBytes),
    bus,
    serial === '' ? '' : `serial ${serial}`,
  ].filter(Boolean);
  // What to do is worth a line where something can be done.
  const advice = refused === undefined || refused.reason === 'system' ? '' : ` ${refused.hint}`;
  const lines = [...contents, ...(refused === undefined ? [] : [`${refused.message}${advice}`])];
  return `  ${path.padEnd(14)} ${facts.join(', ')}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}
