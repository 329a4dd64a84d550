import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { codecChoices, nameOf } from './codecList.js';

/**
 * @typedef {object} SampleFigures
 * @property {number} bytes of the image
 * @property {number} compressSeconds processor time of mksquashfs, user and system
 * @property {number} readSeconds processor time of unsquashfs, user only
 */

/**
 * Compresses every tenth file of a root with each codec, on one processor and out of others' way: what levels and block
 * sizes do to one another shows in a few minutes. Files that are compressed already (/boot) and lists of packages are left out.
 * @param {string} root @param {string} work
 * @returns {{ bytes: number, codecs: Record<string, SampleFigures> }}
 */
export function measureSample(root, work) {
  const scratch = mkdtempSync(join(work, 'sample-'));
  try {
    const tree = join(scratch, 'tree');
    mkdirSync(tree);
    const names = listFiles(root).filter((_, index) => index % 10 === 9);
    const input = `${names.join('\0')}\0`;
    const copied = spawnSync('bash', ['-c', 'tar -C "$1" --null -cf - -T - | tar -C "$2" -xf -', 'bash', root, tree], {
      input,
    });
    if (copied.status !== 0) throw new Error(`The sample could not be copied: ${copied.stderr}`);
    const bytes = names.reduce((sum, name) => sum + statSync(join(tree, name)).size, 0);
    const codecs = codecChoices.map((choice) => [nameOf(choice), measureOne(choice, scratch)]);
    return { bytes, codecs: Object.fromEntries(codecs) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {import('./codecList.js').CodecChoice} choice @param {string} scratch @returns {SampleFigures} */
function measureOne({ type, level, block }, scratch) {
  const [tree, image, out] = ['tree', 'image', 'out'].map((name) => join(scratch, name));
  for (const path of [image, out]) rmSync(path, { recursive: true, force: true });
  const words = [...type.split(' '), ...(level === undefined ? [] : ['-Xcompression-level', String(level)])];
  const quietly = ['-quiet', '-no-progress'];
  const made = count(['mksquashfs', tree, image, '-comp', ...words, '-b', block, '-processors', '1', ...quietly]);
  const read = count(['unsquashfs', '-processors', '1', ...quietly, '-dest', out, image]);
  return { bytes: statSync(image).size, compressSeconds: made.user + made.system, readSeconds: read.user };
}

/** @param {readonly string[]} argv */
function count(argv) {
  const script = 'TIMEFORMAT="%U %S"; time nice -n 19 "$@" >/dev/null 2>&1';
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', ...argv], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')} failed.`);
  const [user, system] = stderr.trim().split(' ').map(Number);
  return { user, system };
}

/** @param {string} root */
function listFiles(root) {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((name) => !/^(boot|proc|sys|var\/lib\/apt\/lists)\//.test(name) && statSync(join(root, name)).size > 0)
    .sort();
}
