import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { removeTree } from '../../src/store/remove.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A directory for this run of the end-to-end tests; below it `livewright/`, the package as a user has it. */
    readonly runDirectory: string;
  }
}

const repository = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Set while working on the tests: the run directory, with all that was built in it, stays for the next run. */
const kept = process.env['LIVEWRIGHT_E2E_DIRECTORY'];

let runDirectory = '';

export function setup(project: TestProject): void {
  runDirectory = kept ?? mkdtempSync(join(process.env['TMPDIR'] ?? '/var/tmp', 'livewright-e2e-'));
  mkdirSync(runDirectory, { recursive: true });
  chmodSync(runDirectory, 0o755); // an ordinary user builds in it too
  installPackage(join(runDirectory, 'livewright'));
  project.provide('runDirectory', runDirectory);
}

export async function teardown(): Promise<void> {
  if (kept === undefined) await removeTree(runDirectory);
}

/** What `npm install livewright` would give: the listed files and the dependencies, where every user may read them. */
function installPackage(target: string): void {
  const { files, dependencies } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  if (!existsSync(join(repository, 'dist/cli/main.js'))) throw new Error('Run "npm run build" first.');
  const modules = Object.keys(dependencies).map((name) => `node_modules/${name}`);
  for (const path of ['package.json', ...files, ...modules]) {
    cpSync(join(repository, path), join(target, path), { recursive: true, force: true });
  }
  execFileSync('chmod', ['-R', 'a+rX', target]);
}
