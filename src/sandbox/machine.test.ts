import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { startMachine } from './machine.ts';
import type { Sandbox } from './run.ts';
import type { Program } from './types.ts';

/** Starts the program on this machine, with no walls around it. */
function openSandbox(started: Program[] = []): Sandbox {
  const refuse = () => Promise.reject(new Error('a machine is only started'));
  return {
    toolsTree: '',
    run: refuse,
    runTool: refuse,
    start: (program) => {
      started.push(program);
      const [command = '', ...rest] = program.argv;
      return spawn(command, rest, { stdio: program.stdio === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
    },
  };
}

const machine = { toolsRoot: '/', binds: [], devices: ['/dev/kvm'], network: 'none' } as const;
const sh = (script: string) => ({ ...machine, argv: ['sh', '-c', script] });

test('tells how it ended, and its last words', async () => {
  const running = startMachine(openSandbox(), sh('echo out; echo first >&2; echo last >&2; exit 3'));
  expect(running.pid).toBeGreaterThan(0);
  expect(await running.exited).toEqual({ code: 3, signal: null });
  expect(running.stderrTail()).toBe('first\nlast\n');
});

test('keeps only the end of much output, and is not held up by output that nobody reads', async () => {
  const running = startMachine(openSandbox(), sh('yes | head -c 300000; yes x | head -c 100000 >&2; echo end >&2'));
  expect(await running.exited).toEqual({ code: 0, signal: null });
  expect(running.stderrTail().length).toBe(8000);
  expect(running.stderrTail()).toMatch(/x\nend\n$/);
});

test('can be killed', async () => {
  const running = startMachine(openSandbox(), sh('exec sleep 1000'));
  running.kill();
  expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a program that cannot be started ends at once', async () => {
  const running = startMachine(openSandbox(), { ...machine, argv: ['/no/such/program'] });
  expect(await running.exited).toEqual({ code: null, signal: null });
  expect(running.pid).toBe(-1);
  expect(running.stderrTail()).toContain('ENOENT');
});

test('has the tools as its root', async () => {
  const started: Program[] = [];
  await startMachine(openSandbox(started), { ...sh('true'), env: { A: 'b' }, stdio: 'terminal' }).exited;
  expect(started).toEqual([
    {
      ...{ argv: ['sh', '-c', 'true'], root: { kind: 'directory', path: '/' }, binds: [], devices: ['/dev/kvm'] },
      ...{ network: 'none', env: { A: 'b' }, stdio: 'inherit' },
    },
  ]);
});
