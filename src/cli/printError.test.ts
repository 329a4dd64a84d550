import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LivewrightError } from '../errors.ts';
import { makeDirectory, makeHost } from './host.testing.ts';
import { printError } from './printError.ts';

function print(error: unknown, more: { json?: boolean } = {}) {
  const host = makeHost(makeDirectory({ '.build/': '' }));
  const exitCode = printError(error, { ...host, argv: ['build', 'http://a:b@mirror.example/'], json: false, ...more });
  return { exitCode, output: host.output(), errors: host.errors(), directory: host.directory };
}

function systemError(code: string, path?: string): Error {
  return Object.assign(new Error(`${code}: text`), { code, ...(path === undefined ? {} : { path }) });
}

const packageError = new LivewrightError('PACKAGE_NOT_FOUND', {
  message: 'Package "firefoxx" is not in trixie (main).',
  hint: 'Did you mean "firefox-esr"?',
  place: { path: 'config/package-lists/desktop.list.chroot', line: 14 },
  data: { name: 'firefoxx' },
});

test.each<[string, unknown, number, string]>([
  [
    'place, sentence, remedy, code',
    packageError,
    2,
    'lb: config/package-lists/desktop.list.chroot:14: Package "firefoxx" is not in trixie (main).\n    Did you mean "firefox-esr"?   [PACKAGE_NOT_FOUND]\n',
  ],
  [
    'no remedy, a place without line',
    new LivewrightError('HOOK_FAILED', { message: 'It failed.', place: { path: 'config/hooks/x' } }),
    1,
    'lb: config/hooks/x: It failed.   [HOOK_FAILED]\n',
  ],
  [
    'credentials in addresses',
    new LivewrightError('MIRROR_UNREACHABLE', { message: 'No answer from http://a:b@mirror.example/.' }),
    1,
    'lb: No answer from http://***@mirror.example/.   [MIRROR_UNREACHABLE]\n',
  ],
  [
    'a full disk that no room explained',
    systemError('ENOSPC', '/live/x'),
    1,
    'lb: The disk is full: "/live/x" could not be written.\n    Make room and run the same command again: what is done is kept.   [DISK_FULL]\n',
  ],
  [
    'a file without permission',
    systemError('EACCES', '/live/x'),
    1,
    'lb: "/live/x" may not be accessed.\n    Give yourself the right to it, or choose another place.   [EACCES]\n',
  ],
  ['an abort', new DOMException('aborted', 'AbortError'), 1, 'lb: Interrupted.   [INTERRUPTED]\n'],
  [
    'an abort with our reason as cause',
    Object.assign(new Error('aborted', { cause: packageError }), { name: 'AbortError' }),
    2,
    'lb: config/package-lists/desktop.list.chroot:14: Package "firefoxx" is not in trixie (main).\n    Did you mean "firefox-esr"?   [PACKAGE_NOT_FOUND]\n',
  ],
])('%s', (_, error, exitCode, text) => {
  expect(print(error)).toMatchObject({ exitCode, output: '', errors: text });
});

test('JSON: the last line on standard output, the sentence on standard error', () => {
  const { output, errors, exitCode } = print(packageError, { json: true });
  expect(exitCode).toBe(2);
  expect(JSON.parse(output)).toEqual({ type: 'error', ...packageError.toJSON(), exitCode: 2 });
  expect(errors).toContain('[PACKAGE_NOT_FOUND]');
});

test.each<[string, unknown]>([
  [
    'a mistake of ours',
    new TypeError('x is not a function', { cause: new Error('the cause of http://c:d@mirror.example/') }),
  ],
  ['a system call without a file', systemError('EINVAL')],
  ['something that is no error', 'text'],
])('%s: one sentence, and the stack in a file only', (_, error) => {
  const { exitCode, errors, directory } = print(error);
  expect(exitCode).toBe(1);
  expect(errors.split('\n')).toHaveLength(3);
  expect(errors).not.toMatch(/ at |TypeError|\.ts:/);
  const path = /is in (\S+)\.\n/.exec(errors)?.[1] ?? '';
  expect(path.startsWith(join(directory, '.build/livewright/crash-'))).toBe(true);
  const report = readFileSync(path, 'utf8');
  expect(report).toContain('Command: lb build http://***@mirror.example/');
  expect(report).not.toMatch(/a:b@|c:d@/);
  if (error instanceof Error) expect(report).toContain('printError.test.ts');
});

test('outside of a build directory the report goes to the cache', () => {
  const home = makeDirectory();
  const directory = makeDirectory();
  const host = makeHost(directory, { HOME: home });
  printError(new Error('x'), { ...host, argv: [], json: false });
  expect(host.errors()).toContain(`is in ${home}/.cache/livewright/crashes/crash-`);
});
