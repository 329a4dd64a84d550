import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { addOnePackage, configOptions, editOneFile, imageBytes, makeTree } from './config.js';
import { logPath, sample, time } from './measure.js';
import { readSteps } from './steps.js';

/** @param {{ project: string }} options */
export function prepareOurs({ project }) {
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: project, encoding: 'utf8' });
  if (status !== 0) throw new Error(`"npm run build" failed: ${stdout}`);
}

/**
 * Cold with an empty store, cold with the tools tree alone in the store, nothing changed, one file edited, one package added.
 * Gives a sample for each scenario that `options.wants`.
 * @param {any} options
 * @param {number} run
 */
export async function runOurs(options, run) {
  const { project, work, timeoutMs, mirrors, wants } = options;
  const home = join(work, 'ours');
  const tree = join(home, 'tree');
  const store = join(home, 'store');
  const env = { LIVEWRIGHT_STORE: store };
  const lb = [process.execPath, join(project, 'bin/lb.js')];
  const measure = (scenario) => {
    const what = { half: /** @type {const} */ ('ours'), scenario, run };
    const log = logPath(work, what);
    return sample(what, async () => ({
      ...(await time({ argv: [...lb, 'build', '--json'], cwd: tree, env, log, timeoutMs })),
      steps: readSteps(log),
      imageBytes: imageBytes(tree),
    }));
  };
  /** @param {string[]} further */
  const configure = (...further) => {
    makeTree(project, tree);
    const argv = [...lb, 'config', ...configOptions(mirrors), ...further];
    return time({ argv, cwd: tree, env, log: join(work, 'logs', `ours-config-${run}.log`), timeoutMs });
  };

  const samples = [];
  const wanted = async (scenario, prepare = () => {}) => {
    if (!wants(scenario)) return;
    await prepare();
    samples.push(await measure(scenario));
  };
  rmSync(home, { recursive: true, force: true });
  await wanted('cold-with-tools', async () => {
    // Of another suite, so that nothing of the image is fetched meanwhile; the programs are the same.
    await configure('--distribution', 'bookworm');
    await fillWithTools({ lb, tree, env, log: join(work, 'logs', `ours-tools-${run}.log`), timeoutMs });
    await configure();
  });
  rmSync(store, { recursive: true, force: true });
  await configure();
  const cold = await measure('cold');
  if (wants('cold')) samples.push(cold);
  await wanted('unchanged');
  await wanted('edited', () => editOneFile(tree, run));
  await wanted('package-added', () => addOnePackage(tree));
  return samples;
}

/**
 * Leaves a store that holds the tools tree, and the list of packages that it was chosen from: starts a build and stops it as soon as
 * that tree is there.
 * @param {{ lb: string[], tree: string, env: Record<string, string>, log: string, timeoutMs: number }} options
 */
async function fillWithTools({ lb, tree, env, log, timeoutMs }) {
  const errors = openSync(log, 'a');
  const child = spawn(lb[0], [...lb.slice(1), 'build', '--json'], {
    cwd: tree,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', errors],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  const ended = new Promise((resolve) => child.once('close', resolve));
  let isFilled = false;
  for await (const line of createInterface({ input: child.stdout })) {
    const { type, step } = parseEvent(line);
    if (isFilled || type !== 'step-done' || step !== 'tools:build') continue;
    isFilled = true;
    child.kill('SIGINT');
  }
  await ended;
  clearTimeout(timer);
  closeSync(errors);
  if (!isFilled || !existsSync(env.LIVEWRIGHT_STORE)) throw new Error(`The tools tree could not be made; see ${log}`);
}

/** @param {string} line @returns {{ type?: string, step?: string }} */
function parseEvent(line) {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
