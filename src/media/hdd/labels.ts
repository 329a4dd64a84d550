import { LivewrightError } from '../../errors.ts';
import { type HddSettings, isFat } from './types.ts';

const longest = { fat16: 11, fat32: 11, ext2: 16, ext3: 16, ext4: 16, btrfs: 255, ntfs: 128 } as const;
const longestName = 36;

/**
 * Refuses a label that the file system has no room or no letters for. FAT's are those of a short file name (Microsoft's
 * FAT specification, 6.1); the partition's name in the GPT holds 36 UTF-16 units.
 */
export function checkLabel({ filesystem, label }: Pick<HddSettings, 'filesystem' | 'label'>): void {
  const limit = Math.min(longest[filesystem], longestName);
  const bytes = Buffer.byteLength(label);
  if (bytes > limit) throw refused(label, `is ${bytes} bytes long, and ${filesystem} holds at most ${limit}`);
  const foreign = isFat(filesystem) ? /[^ -~]|["*+,./:;<=>?[\\\]|]/ : /[^ -~]|["\\]/;
  const letter = foreign.exec(label)?.[0];
  if (letter !== undefined)
    throw refused(label, `has a ${JSON.stringify(letter)}, which a label of ${filesystem} cannot have`);
}

function refused(label: string, reason: string): LivewrightError {
  return new LivewrightError('CONFIG_VALUE', {
    message: `The label "${label}" (--hdd-label) ${reason}.`,
    hint: 'Choose a short one of ASCII letters, digits, "_" and "-".',
    data: { option: '--hdd-label', label },
  });
}
