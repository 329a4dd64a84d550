import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Environment, Host } from './context.ts';

/** A directory of its own for a test, with these files, gone when the test ends. A name that ends in `/` is a directory. */
export function makeDirectory(files: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'lb-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(path, text);
  }
  return directory;
}

export interface TestHost extends Host {
  output(): string;
  errors(): string;
}

/** A host whose streams are kept in memory. */
export function makeHost(directory: string, env: Environment = { PATH: '/usr/bin:/bin' }): TestHost {
  let output = '';
  let errors = '';
  return {
    directory,
    env,
    stdout: { write: (text) => (output += text), columns: 80 },
    stderr: { write: (text) => (errors += text), columns: 80 },
    signal: new AbortController().signal,
    self: [process.execPath, '/opt/livewright/bin/lb.js'],
    output: () => output,
    // The plain reporter's clock would make every run differ.
    errors: () => errors.replace(/^\[\d\d:\d\d:\d\d\]/gm, '[time]'),
  };
}
