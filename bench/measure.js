import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One measured command line, or what kept it from being measured.
 * @typedef {object} Sample
 * @property {'ours' | 'live-build'} half
 * @property {string} scenario
 * @property {number} run
 * @property {number} [seconds]
 * @property {number} [imageBytes]
 * @property {string} [failure]
 */

/**
 * @typedef {object} Command
 * @property {readonly string[]} argv
 * @property {string} cwd
 * @property {Readonly<Record<string, string>>} [env]
 * @property {string} log path of the file that gets the output
 * @property {number} timeoutMs
 */

/**
 * Runs a command to its end and gives the seconds it took; rejects if it fails or takes too long. Everything it
 * started is killed with it, as it leads a process group.
 * @param {Command} command
 * @returns {Promise<number>}
 */
export function time({ argv, cwd, env, log, timeoutMs }) {
  const output = openSync(log, 'a');
  const started = process.hrtime.bigint();
  const child = spawn(argv[0], argv.slice(1), {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
    detached: true,
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    killGroup(child);
  }, timeoutMs);
  const onInterrupt = () => {
    killGroup(child);
    process.exit(130);
  };
  process.once('SIGINT', onInterrupt);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      clearTimeout(timer);
      process.off('SIGINT', onInterrupt);
      closeSync(output);
      if (code === 0) return resolve(seconds);
      const how = isLate ? `took longer than ${timeoutMs / 60_000} minutes` : `ended with ${signal ?? `code ${code}`}`;
      // Mirrors are left out: the message goes into results.json.
      const shown = argv.filter((word) => !/^https?:/.test(word)).join(' ');
      reject(new Error(`${shown} ${how}; see ${log}`));
    });
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function killGroup(child) {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

/**
 * Measures one scenario of a half; a failure is a sample too, so that the rest is still measured.
 * @param {{ half: Sample['half'], scenario: string, run: number }} what
 * @param {() => Promise<{ seconds: number, imageBytes: number }>} action
 * @returns {Promise<Sample>}
 */
export async function sample(what, action) {
  const shown = `${what.half}, ${what.scenario}, run ${what.run}`;
  try {
    const measured = await action();
    console.error(`bench: ${shown}: ${measured.seconds.toFixed(2)} s`);
    return { ...what, ...measured };
  } catch (error) {
    console.error(`bench: ${shown}: ${error.message}`);
    return { ...what, failure: error.message };
  }
}

/** @param {string} work @param {Pick<Sample, 'half' | 'scenario' | 'run'>} what */
export function logPath(work, { half, scenario, run }) {
  return join(work, 'logs', `${half}-${scenario}-${run}.log`);
}
