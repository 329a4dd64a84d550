import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readHostMirrors } from '../../bench/config.js';

export const project = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Whatever a killed build of live-build leaves mounted is gone with its namespaces, and no hook that leaves its root
 * reaches the processes of this machine.
 */
const isolated = ['unshare', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc'];

/** @typedef {{ name: string, argv: string[], env: Record<string, string> }} Side */

/** Ours, as compiled. @type {Side} */
export const ours = { name: 'ours', argv: [process.execPath, join(project, 'bin/lb.js')], env: {} };

/** The release that we are held against: trixie's. */
export const trixieLiveBuild = '20250505+deb13u1';

/**
 * live-build as installed ('installed'), or the release `version` from the mirror, in the place of the installed one as far
 * as its own mount namespace sees.
 * @param {string} version @param {string} work @returns {Side}
 */
export function liveBuild(version, work) {
  if (version === 'installed') return { name: 'live-build', argv: [...isolated, '/usr/bin/lb'], env: {} };
  const home = join(work, `live-build-${version}`);
  if (!existsSync(home)) unpackLiveBuild(version, home);
  const places = ['/usr/bin/lb', '/usr/lib/live', '/usr/share/live'];
  const mounts = places.map((place) => `mount --bind '${home}${place}' ${place}`).join(' && ');
  return {
    name: `live-build-${version}`,
    argv: [...isolated, 'sh', '-c', `${mounts} && exec "$0" "$@"`, '/usr/bin/lb'],
    env: {},
  };
}

/** @param {string} version @param {string} home */
function unpackLiveBuild(version, home) {
  const { main } = readHostMirrors();
  const url = `${main}/pool/main/l/live-build/live-build_${encodeURIComponent(version)}_all.deb`;
  mkdirSync(home, { recursive: true });
  const deb = join(home, 'live-build.deb');
  writeFileSync(deb, execFileSync('curl', ['--fail', '--silent', '--show-error', url], { maxBuffer: 2 ** 27 }));
  execFileSync('dpkg-deb', ['-x', deb, home]);
}

/** The mirrors of this machine, for both sides alike; without a slash at the end, as live-build adds one, and not all mirrors take two. */
export function mirrorOptions() {
  const { main, security } = readHostMirrors();
  const named = (/** @type {string[]} */ names, /** @type {string | undefined} */ uri) =>
    uri === undefined ? [] : names.flatMap((name) => [`--${name}`, uri]);
  return [
    ...named(['mirror-bootstrap', 'mirror-chroot', 'mirror-binary'], main),
    ...named(['mirror-chroot-security', 'mirror-binary-security'], security),
  ];
}

/**
 * What live-build has downloaded is lent to the next tree of the same kind: its packages, and the base system.
 * @param {string} tree @param {string} shelf
 */
export function lendCache(tree, shelf) {
  if (!existsSync(shelf)) return;
  rmSync(join(tree, 'cache'), { recursive: true, force: true });
  renameSync(shelf, join(tree, 'cache'));
}

/** @param {string} tree @param {string} shelf */
export function keepCache(tree, shelf) {
  if (!existsSync(join(tree, 'cache'))) return;
  mkdirSync(dirname(shelf), { recursive: true });
  rmSync(shelf, { recursive: true, force: true });
  renameSync(join(tree, 'cache'), shelf);
}
