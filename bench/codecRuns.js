import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mksquashfsWords, nameOf, optionsOf } from './codecList.js';
import { configOptions, editOneFile, imageBytes, makeTree } from './config.js';
import { time } from './measure.js';

/** @typedef {import('./codecList.js').CodecChoice} CodecChoice */

/**
 * @typedef {object} Boot
 * @property {number} loginSeconds from the kernel's first word to the login prompt
 * @property {number} cpuSeconds of the emulated machine and `lb test`, from power-on to power-off
 */

/**
 * @typedef {object} CodecFigures
 * @property {number} systemBytes filesystem.squashfs
 * @property {number} plainBytes what mksquashfs makes at one go of the same files with the same settings
 * @property {number} imageBytes the ISO image
 * @property {number} compressSeconds wall time of the steps `objects` and `rootfs`
 * @property {number} cpuSeconds of all processes of that build, in which nothing else but medium and image is made
 * @property {number} readSeconds processor time of decompressing everything once, natively (unsquashfs, user mode)
 * @property {number} linkSeconds the step `rootfs` after an edit
 * @property {number} editSeconds the whole `lb build` after an edit
 * @property {Boot[]} boots
 */

/**
 * Compresses with an empty set of objects, then edits a file and links again.
 * @param {{ project: string, work: string, timeoutMs: number, mirrors: import('./config.js').Mirrors }} options
 * @param {CodecChoice} choice
 * @returns {Promise<Omit<CodecFigures, 'boots'>>}
 */
export async function measureCodec(options, choice) {
  const { run, runProgram, tree } = openWorkshop(options, choice);
  await run('config', ['config', ...configOptions(options.mirrors), ...optionsOf(choice)]);
  const cold = await run('cold', ['build', '--json']);
  const [objects, rootfs] = [stepSeconds(cold, 'objects'), stepSeconds(cold, 'rootfs')];
  const system = join(tree, 'binary/live/filesystem.squashfs');
  const sizes = { systemBytes: statSync(system).size, plainBytes: 0, imageBytes: imageBytes(tree) };
  const unpacked = join(options.work, 'unpacked');
  rmSync(unpacked, { recursive: true, force: true });
  const read = await runProgram('read', ['unsquashfs', '-quiet', '-no-progress', '-dest', unpacked, system]);
  const plain = join(options.work, 'plain.squashfs');
  await runProgram('plain', ['mksquashfs', unpacked, plain, ...mksquashfsWords(choice), '-noappend', '-no-progress']);
  sizes.plainBytes = statSync(plain).size;
  editOneFile(tree, Math.round(performance.timeOrigin + performance.now()));
  const edited = await run('edited', ['build', '--json']);
  return {
    ...sizes,
    compressSeconds: objects + rootfs,
    cpuSeconds: cold.cpuSeconds,
    readSeconds: read.userSeconds,
    linkSeconds: stepSeconds(edited, 'rootfs'),
    editSeconds: edited.seconds,
  };
}

/** Boots the image of a choice. @param {any} options @param {CodecChoice} choice @returns {Promise<Boot>} */
export async function measureBoot(options, choice) {
  const { run } = openWorkshop(options, choice);
  await run('config', ['config', ...configOptions(options.mirrors), ...optionsOf(choice)]);
  await run('again', ['build', '--json']);
  const { events, cpuSeconds } = await run('boot', ['test', '--boots', 'bios-cd', '--json']);
  const after = (name) =>
    events.find(({ type, milestone }) => type === 'boot-milestone' && milestone === name)?.afterMs;
  return { loginSeconds: (after('login') - after('kernel')) / 1000, cpuSeconds };
}

/** Makes, once, everything that does not depend on the codec. @param {any} options */
export async function prepareCodecs(options) {
  const choice = /** @type {const} */ ({ type: 'lz4', block: '256K' }); // one that is not measured
  const { run, tree } = openWorkshop(options, choice);
  if (existsSync(join(tree, 'binary/live/filesystem.squashfs'))) return;
  makeTree(options.project, tree);
  await run('config', ['config', ...configOptions(options.mirrors), ...optionsOf(choice)]);
  await run('first', ['build', '--json']);
}

function openWorkshop({ project, work, timeoutMs }, choice) {
  const tree = join(work, 'tree');
  const env = { LIVEWRIGHT_STORE: join(work, 'store') };
  const logs = join(work, 'logs');
  mkdirSync(logs, { recursive: true });
  const lb = [process.execPath, join(project, 'bin/lb.js')];
  // bash counts what all processes took; Node has no such figure for one child.
  const timed = ['bash', '-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash'];
  const runProgram = async (what, argv) => {
    const log = join(logs, `${nameOf(choice).replaceAll(/[^\w]+/g, '-')}-${what}.log`);
    rmSync(log, { force: true });
    const { seconds } = await time({ argv: [...timed, ...argv], cwd: tree, env, log, timeoutMs });
    return { seconds, ...readLog(readFileSync(log, 'utf8')) };
  };
  const run = (what, words) => runProgram(what, [...lb, ...words]);
  return { run, runProgram, tree };
}

/** @param {string} text */
function readLog(text) {
  const lines = text.split('\n');
  const [, user, system] = lines.at(-2)?.split(' ') ?? [];
  const events = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return { events, userSeconds: Number(user), cpuSeconds: Number(user) + Number(system) };
}

/** A step that was reused was not measured: throws. */
function stepSeconds({ events }, name) {
  const done = events.find(({ type, step }) => type === 'step-done' && step === name);
  if (done === undefined) throw new Error(`The step ${name} did not run: the work directory has its result already.`);
  return done.durationMs / 1000;
}
