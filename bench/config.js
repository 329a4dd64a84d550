import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** What all sides build. */
export const suite = 'trixie';
export const codec = 'xz';

/** The names of both option sets are those of live-build 20230502 (Debian 12) and later. */
const commonOptions = [
  ['--distribution', suite],
  ['--archive-areas', 'main'],
  ['--binary-images', 'iso-hybrid'],
  ['--debian-installer', 'none'],
  ['--firmware-chroot', 'false'],
  ['--memtest', 'none'],
  ['--apt-recommends', 'false'],
  ['--apt-source-archives', 'false'],
  ['--updates', 'true'],
  ['--zsync', 'false'],
  ['--cache', 'true'],
  ['--chroot-squashfs-compression-type', codec],
];

const mirrorNames = ['--mirror-bootstrap', '--mirror-chroot', '--mirror-binary'];
const securityNames = ['--mirror-chroot-security', '--mirror-binary-security'];

/**
 * @typedef {object} Mirrors
 * @property {string} main
 * @property {string | undefined} security
 */

/** Debian's archives among apt's sources of this machine. @returns {Mirrors} */
export function readHostMirrors() {
  const directory = '/etc/apt/sources.list.d';
  const names = existsSync(directory) ? readdirSync(directory).filter((name) => /\.(list|sources)$/.test(name)) : [];
  const files = ['/etc/apt/sources.list', ...names.map((name) => join(directory, name))].filter((path) =>
    existsSync(path),
  );
  const lines = files.flatMap((path) => readFileSync(path, 'utf8').split('\n')).filter((line) => !line.startsWith('#'));
  const addresses = lines.flatMap((line) => line.match(/\bhttps?:\/\/\S+/g) ?? []).map((uri) => uri.replace(/\/$/, ''));
  const main = addresses.find((uri) => uri.endsWith('/debian'));
  if (main === undefined) throw new Error('No Debian mirror found in the apt sources of this machine.');
  return { main, security: addresses.find((uri) => uri.endsWith('/debian-security')) };
}

/** Arguments of `lb config`, the same for both. @param {Mirrors} mirrors @returns {string[]} */
export function configOptions({ main, security }) {
  const mirrors = [
    ...mirrorNames.map((name) => [name, main]),
    ...(security === undefined ? [] : securityNames.map((name) => [name, security])),
  ];
  return [...commonOptions, ['--security', String(security !== undefined)], ...mirrors].flat();
}

/** The same for a reader: which mirror it was is nobody's business. @param {Mirrors} mirrors */
export function shownOptions(mirrors) {
  const hide = (word) => (/^https?:/.test(word) ? 'MIRROR' : word);
  return configOptions(mirrors).map(hide);
}

/**
 * A new build directory with the `config/` of examples/first, without its option files and without auto scripts: the
 * options come from `configOptions` alone.
 * @param {string} project
 * @param {string} tree
 */
export function makeTree(project, tree) {
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(join(tree, 'config'), { recursive: true });
  const source = join(project, 'examples/first/config');
  const optionFiles = new Set(['common', 'bootstrap', 'chroot', 'binary', 'source']);
  const names = existsSync(source) ? readdirSync(source).filter((name) => !optionFiles.has(name)) : [];
  for (const name of names) {
    cpSync(join(source, name), join(tree, 'config', name), { recursive: true, verbatimSymlinks: true });
  }
  writeEdited(tree, 'as first built\n');
}

/** Changes one file below includes.chroot, to something it never was before. @param {string} tree @param {number} run */
export function editOneFile(tree, run) {
  writeEdited(tree, `edit ${run} of ${process.pid}\n`);
}

/** What is added is small and brings three libraries with it. @param {string} tree */
export function addOnePackage(tree) {
  appendFileSync(join(tree, 'config/package-lists/console.list.chroot'), 'htop\n');
}

/** @param {string} tree @param {string} text */
function writeEdited(tree, text) {
  // The directory that examples/first uses already: both spellings at once would be an error.
  const config = join(tree, 'config');
  const after = join(config, 'includes.chroot_after_packages');
  const isUsed = existsSync(after) && readdirSync(after).length > 0;
  const etc = join(isUsed ? after : join(config, 'includes.chroot'), 'etc');
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, 'bench-edit'), text);
}

/** Size of the image that a build left; throws if there is none. @param {string} tree */
export function imageBytes(tree) {
  const name = readdirSync(tree).find((entry) => entry.endsWith('.hybrid.iso'));
  if (name === undefined) throw new Error(`The build left no .hybrid.iso in ${tree}.`);
  return statSync(join(tree, name)).size;
}

/** Removes the image, so that a later scenario cannot take it for its own. @param {string} tree */
export function removeImage(tree) {
  for (const name of readdirSync(tree).filter((entry) => entry.endsWith('.hybrid.iso'))) rmSync(join(tree, name));
}
