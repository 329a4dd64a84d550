/**
 * A way to compress, as `lb config` is told it.
 * @typedef {object} CodecChoice
 * @property {string} type for --chroot-squashfs-compression-type: the compressor and further words for mksquashfs
 * @property {number} [level]
 * @property {'128K' | '256K' | '1M'} block
 * @property {boolean} [boots] its image is booted too
 */

const zstdLevels = [1, 3, 9, 15, 19, 22];
const larger = /** @type {const} */ (['256K', '1M']);

/** What is measured, in the order of the table. @type {readonly CodecChoice[]} */
export const codecChoices = [
  { type: 'xz', block: '128K', boots: true },
  { type: 'xz', block: '256K' },
  { type: 'xz', block: '1M', boots: true },
  { type: 'xz -Xbcj x86', block: '128K' },
  { type: 'xz -Xbcj x86', block: '256K' },
  { type: 'xz -Xbcj x86', block: '1M', boots: true },
  ...zstdLevels.map((level) => ({
    ...{ type: 'zstd', level, block: /** @type {const} */ ('128K') },
    boots: level === 3 || level === 19,
  })),
  ...larger.flatMap((block) =>
    zstdLevels.map((level) => ({ type: 'zstd', level, block, boots: level === 19 && block === '1M' })),
  ),
  { type: 'gzip', block: '128K', boots: true },
  { type: 'lz4', block: '128K', boots: true },
  { type: 'lz4 -Xhc', block: '128K' },
  { type: 'lzo', block: '128K', boots: true },
];

/** `zstd 19, 1M`; the name of a row. @param {CodecChoice} choice */
export function nameOf({ type, level, block }) {
  return `${type}${level === undefined ? '' : ` ${level}`}, ${block}`;
}

/** @param {CodecChoice} choice */
export function optionsOf({ type, level, block }) {
  const words = block === '128K' ? type : `${type} -b ${block}`;
  return [
    ...['--chroot-squashfs-compression-type', words],
    ...['--chroot-squashfs-compression-level', level === undefined ? '' : String(level)],
  ];
}

/** The same for mksquashfs itself. @param {CodecChoice} choice */
export function mksquashfsWords({ type, level, block }) {
  const words = ['-comp', ...type.split(' '), '-b', block];
  return level === undefined ? words : [...words, '-Xcompression-level', String(level)];
}
