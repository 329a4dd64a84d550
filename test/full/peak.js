import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Runs a command and follows how much memory each process of ours below it takes: `VmHWM` of every process named `node`,
 * the highest that was seen of each. Gives the exit code, the seconds it took, and the peaks in bytes, largest first.
 * @param {{ argv: string[], cwd: string, env?: Record<string, string>, output: number }} command
 * @returns {Promise<{ code: number, seconds: number, peaks: number[] }>}
 */
export function runAndFollow({ argv, cwd, env = {}, output }) {
  const started = process.hrtime.bigint();
  const child = spawn(argv[0] ?? '', argv.slice(1), {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
  });
  const peaks = /** @type {Map<number, number>} */ (new Map());
  const timer = setInterval(() => {
    for (const pid of nodeProcesses(child.pid ?? 0)) peaks.set(pid, peakOf(pid) ?? peaks.get(pid) ?? 0);
  }, 250);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(timer);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      resolve({ code: code ?? 1, seconds, peaks: [...peaks.values()].sort((a, b) => b - a) });
    });
  });
}

/** `pid` and all below it that are called node. @param {number} pid @returns {number[]} */
function nodeProcesses(pid) {
  const children = readOrEmpty(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  const isOurs = /^(node|MainThread)$/.test(readOrEmpty(`/proc/${pid}/comm`).trim());
  return [...(isOurs ? [pid] : []), ...children.flatMap(nodeProcesses), ...threadsChildren(pid).flatMap(nodeProcesses)];
}

/** What other threads than the first one have started. @param {number} pid @returns {number[]} */
function threadsChildren(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`).filter((name) => name !== String(pid));
    const lists = threads.map((name) => readOrEmpty(`/proc/${pid}/task/${name}/children`));
    return lists.join(' ').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** @param {number} pid @returns {number | undefined} */
function peakOf(pid) {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** @param {string} path */
function readOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
