import { expect, test } from 'vitest';
import { dpkgOptions } from './dpkgOptions.ts';

const conf = (text: string, path = 'apt.conf.d/x.conf') => ({ [path]: Buffer.from(text) });

test.each([
  [{}, '--yes -o Acquire::Retries=5', []],
  [{}, '-o Dpkg::Options::=--force-confnew', ['--force-confnew']],
  [
    {},
    `-oDPkg::Options::="--force-confdef" --option=dpkg::options::=--force-confold`,
    ['--force-confdef', '--force-confold'],
  ],
  [
    conf('DPkg::Options { "--force-confnew"; "--path-exclude=/usr/share/doc/*"; };'),
    '',
    ['--force-confnew', '--path-exclude=/usr/share/doc/*'],
  ],
  [conf('DPkg { Options:: "--force-overwrite"; };'), '', ['--force-overwrite']],
  [
    {
      ...conf('DPkg::Options:: "--force-a";', 'apt.conf'),
      ...conf('DPkg::Options:: "--force-b";'),
      ...conf('', 'preferences'),
    },
    '-o Dpkg::Options::=--force-c',
    ['--force-b', '--force-a', '--force-c'],
  ],
  // Where dpkg's own files are is the build's business, and other lists are other programs'.
  [conf('DPkg::Options:: "--admindir=/x"; DPkg::Post-Invoke { "--force-x"; }; APT { "--force-y"; };'), '', []],
])('%j with --apt-options %j', (files, options, expected) => {
  expect(dpkgOptions(files, options)).toEqual(expected);
});
