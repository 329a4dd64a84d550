import { LivewrightError } from '../../errors.ts';
import { dataWish, persistenceWish } from '../../usb/addPartitions.ts';
import type { PartitionWish } from '../../usb/layout.ts';
import { parseSize } from '../../usb/sizes.ts';
import type { CommandContext } from '../context.ts';

/** The partitions that the options ask for. Throws USAGE or OPTION_VALUE. */
export function readWishes({ options }: CommandContext): PartitionWish[] {
  const isEncrypted = options['encrypt'] === true;
  const [persistence, data] = [options['persistence'], options['data']];
  if (isEncrypted && persistence === undefined) throw needs('encrypt', 'persistence');
  if (options['passphrase-file'] !== undefined && !isEncrypted) throw needs('passphrase-file', 'encrypt');
  const labels = { persistence: readLabel(options, 'persistence', 16), data: readLabel(options, 'data', 11) };
  const sizeOf = (name: string, value: string | true) => (value === true ? undefined : parseSize(value, name));
  return [
    ...(persistence === undefined
      ? []
      : [persistenceWish({ sizeBytes: sizeOf('persistence', persistence), label: labels.persistence, isEncrypted })]),
    ...(data === undefined ? [] : [dataWish({ sizeBytes: sizeOf('data', data), label: labels.data })]),
  ];
}

/** ext4 has room for 16 bytes, exFAT for 11 characters. */
function readLabel(options: CommandContext['options'], kind: string, most: number): string | undefined {
  const option = `${kind}-label`;
  const label = options[option];
  if (label === undefined) return undefined;
  if (options[kind] === undefined) throw needs(option, kind);
  if (typeof label === 'string' && /^[\w.-]+$/.test(label) && label.length <= most) return label;
  throw new LivewrightError('OPTION_VALUE', {
    message: `--${option} is "${label}"; expected 1 to ${most} letters, digits, dots, dashes and underscores.`,
    hint: `For example: --${option} ${kind === 'data' ? 'STICK' : 'persistence'}.`,
  });
}

function needs(option: string, other: string): LivewrightError {
  return new LivewrightError('USAGE', {
    message: `--${option} says nothing without --${other}.`,
    hint: `Add --${other}, or leave out --${option}.`,
  });
}
