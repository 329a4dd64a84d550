import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { addOnePackage, configOptions, editOneFile, imageBytes, makeTree, removeImage } from './config.js';
import { logPath, sample, time } from './measure.js';

const lb = '/usr/bin/lb';

/**
 * Its own mount and process namespaces: whatever a killed build leaves mounted is gone with it, and deleting the tree
 * can never reach the host's /dev or /proc.
 */
export const isolated = [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  '--pid',
  '--fork',
  '--kill-child',
  '--mount-proc',
];

export function prepareLiveBuild() {
  if (process.getuid?.() !== 0) throw new Error('live-build needs root; run as root, or with --only ours.');
  if (isInstalled()) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['install', '--yes', 'live-build'], { env, stdio: ['ignore', 2, 2] });
  if (!isInstalled()) throw new Error('live-build could not be installed; try "apt-get update" first.');
}

/** By a file of the package: `lb` itself may be Livewright's. */
function isInstalled() {
  return existsSync('/usr/lib/live/build/bootstrap_debootstrap') && existsSync(lb);
}

/**
 * Cold in a new directory; `lb build` again with nothing changed; one file edited; one package added. live-build redoes no
 * step that it has done, so an edit is seen only after `lb clean`, which keeps `cache/` but forgets that `lb config` was run.
 * @param {any} options
 * @param {number} run
 */
export async function runLiveBuild(options, run) {
  const { project, work, timeoutMs, mirrors, wants } = options;
  const home = join(work, 'live-build');
  const tree = join(home, 'tree');
  const measure = (scenario, commands) => {
    const what = { half: /** @type {const} */ ('live-build'), scenario, run };
    const log = logPath(work, what);
    return sample(what, async () => {
      let seconds = 0;
      for (const words of commands) {
        seconds += (await time({ argv: [...isolated, lb, ...words], cwd: tree, log, timeoutMs })).seconds;
      }
      return { seconds, imageBytes: imageBytes(tree) };
    });
  };
  const config = ['config', ...configOptions(mirrors)];

  rmSync(home, { recursive: true, force: true });
  makeTree(project, tree);
  const log = join(work, 'logs', `live-build-config-${run}.log`);
  await time({ argv: [...isolated, lb, ...config], cwd: tree, log, timeoutMs });
  const cold = await measure('cold', [['build']]);
  const samples = wants('cold') ? [cold] : [];
  if (wants('unchanged')) samples.push(await measure('unchanged', [['build']]));
  const edit = async (scenario, change) => {
    if (!wants(scenario)) return;
    removeImage(tree);
    change();
    samples.push(await measure(scenario, [['clean'], config, ['build']]));
  };
  await edit('edited', () => editOneFile(tree, run));
  await edit('package-added', () => addOnePackage(tree));
  return samples;
}
