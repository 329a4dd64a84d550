import { expect, test } from 'vitest';
import { configOf, makeTree } from '../config/tree.testing.ts';
import { readAptTree } from './aptTree.ts';
import { downloadSettings } from './downloadSettings.ts';

const conf = (text: string, path = 'apt.conf.d/x.conf') => ({ [path]: Buffer.from(text) });

test.each([
  [{}, '', {}],
  [conf('Acquire::Check-Valid-Until "false";'), '', { checkValidUntil: false }],
  [
    conf('Acquire { Check-Valid-Until no; http { Proxy "http://p.example:3142/"; }; };', 'apt.conf'),
    '',
    {
      checkValidUntil: false,
      proxy: 'http://p.example:3142/',
    },
  ],
  [
    { ...conf('Acquire::Check-Valid-Until "false";', 'apt.conf'), ...conf('Acquire::Check-Valid-Until "true";') },
    '',
    {
      checkValidUntil: false,
    },
  ],
  [{}, '--yes -o Acquire::Check-Valid-Until=false', { checkValidUntil: false }],
  [
    {},
    '-oAcquire::http::Proxy=http://p.example --option=acquire::check-valid-until=0',
    {
      checkValidUntil: false,
      proxy: 'http://p.example',
    },
  ],
  [conf('Acquire::Check-Valid-Until "false";'), '-o Acquire::Check-Valid-Until=1', { checkValidUntil: true }],
  [conf('Acquire::http::Proxy "";'), '-o Acquire::Retries=5', {}],
])('%j with --apt-options %j', (files, options, settings) => {
  expect(downloadSettings(files, options)).toEqual(settings);
});

test('what config/archives says of apt counts for its own archives, unless one says otherwise', async () => {
  const directory = await makeTree({
    'config/archives/frozen.conf.chroot': 'Acquire::Check-Valid-Until "false";\n',
    'config/archives/a.list': 'deb http://a.example/debian trixie main\n',
    'config/archives/b.list': 'deb [check-valid-until=yes] http://b.example/debian trixie main\n',
  });
  const { values } = await configOf(directory, '-d trixie');
  const { further, settings } = await readAptTree(directory, values);
  expect(settings).toEqual({ checkValidUntil: false });
  expect(further.archives).toMatchObject([
    { uri: 'http://a.example/debian', checkValidUntil: false },
    { uri: 'http://b.example/debian', checkValidUntil: true },
  ]);
});
