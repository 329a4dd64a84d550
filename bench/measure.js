import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One measured command line, or what kept it from being measured.
 * @typedef {object} Sample
 * @property {'ours' | 'live-build' | 'by-hand'} half
 * @property {string} scenario
 * @property {number} run
 * @property {number} [seconds]
 * @property {number} [imageBytes]
 * @property {number} [peakBytes] memory of our own process at its peak, without the programs that it starts
 * @property {number} [cpuSeconds] of all processes
 * @property {import('./steps.js').StepTime[]} [steps] of ours
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
 * @typedef {object} Measured
 * @property {number} seconds
 * @property {number} peakBytes of the process itself (VmHWM), without those that it starts
 * @property {number} cpuSeconds of the process and all those that it started and waited for
 */

/**
 * Runs a command to its end and measures it; rejects if it fails or takes too long. Everything it
 * started is killed with it, as it leads a process group.
 * @param {Command} command
 * @returns {Promise<Measured>}
 */
export function time({ argv, cwd, env, log, timeoutMs }) {
  // What the command before wrote is not this one's to wait for.
  spawnSync('sync');
  const output = openSync(log, 'a');
  const cpuBefore = readCpu();
  const started = process.hrtime.bigint();
  const child = spawn(argv[0], argv.slice(1), {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
    detached: true,
  });
  let isLate = false;
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, readPeak(child.pid));
  }, 100);
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
    child.once('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
    child.once('close', (code, signal) => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      clearTimeout(timer);
      clearInterval(watch);
      process.off('SIGINT', onInterrupt);
      closeSync(output);
      if (code === 0) return resolve({ seconds, peakBytes, cpuSeconds: readCpu() - cpuBefore });
      const how = isLate ? `took longer than ${timeoutMs / 60_000} minutes` : `ended with ${signal ?? `code ${code}`}`;
      // Mirrors are left out: the message goes into results.json.
      const shown = argv.filter((word) => !/^https?:/.test(word)).join(' ');
      reject(new Error(`${shown} ${how}; see ${log}`));
    });
  });
}

/** What processes took that we have waited for (proc_pid_stat(5): cutime, cstime, in hundredths of a second on Linux). */
function readCpu() {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

/** The kernel keeps the peak, so only what the last tenth of a second adds is missed. @param {number | undefined} pid */
function readPeak(pid) {
  try {
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // It has just ended.
  }
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
 * @param {() => Promise<Partial<Measured> & { imageBytes: number }>} action
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
