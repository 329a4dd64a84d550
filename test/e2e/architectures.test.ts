// A base system of another architecture, by an emulator in a namespace of its own; and a distribution that is not Debian's.
// The first needs Linux 6.7 with binfmt_misc, or an emulator that the machine has registered.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readHostFacts } from '../../src/config/hostFacts.ts';
import { makeTestKey } from '../../src/debian/archive.testing.ts';
import { serveDerivative } from '../helpers/derivative.ts';
import { foreignArchitecture, makeForeignTree, toldBy } from '../helpers/foreignTree.ts';
import { lb, lbSucceeds, runDirectory, write } from '../helpers/lb.ts';

/** What this machine runs other architectures by, for everybody. */
const registrations = () =>
  existsSync('/proc/sys/fs/binfmt_misc') ? readdirSync('/proc/sys/fs/binfmt_misc').sort() : [];

describe('another architecture', () => {
  const { name: foreign, told } = foreignArchitecture;
  const directory = () => runDirectory('foreign');

  test('its programs run, and the machine itself knows of no emulator', async () => {
    const before = registrations();
    await makeForeignTree(directory(), foreign);
    await lbSucceeds(['chroot', '--extract'], { directory: directory() });
    expect(toldBy(directory())).toBe(told);
    expect(registrations()).toEqual(before);
  });

  test('a shell in it has the emulator too', async () => {
    const words = ['shell', 'hook:normal/0100-tell.hook.chroot', '--', 'dpkg', '--print-architecture'];
    expect((await lbSucceeds(words, { directory: directory() })).stdout).toBe(`${foreign}\n`);
  });

  test('nothing is done again where nothing changed; a hook is, after an edit, as it is not watched', async () => {
    const again = await lbSucceeds(['chroot'], { directory: directory() });
    expect(again.stdout).not.toMatch(/ done +bootstrap:/);
    write(directory(), 'config/includes.chroot/etc/included', `${Date.now()}\n`);
    const edited = await lbSucceeds(['chroot'], { directory: directory() });
    expect(edited.stdout).toMatch(/ done +hook:normal\/0100-tell\.hook\.chroot:/);
    expect(edited.stdout).not.toMatch(/ done +bootstrap:/);
  });
});

describe('a distribution with a suite and a key of its own', () => {
  const suite = 'example-rolling';

  async function makeTree(name: string, url: string): Promise<string> {
    const directory = runDirectory(name);
    mkdirSync(directory, { recursive: true });
    const words = ['--mode', 'example', '-d', suite, '--mirror-bootstrap', url, '--mirror-binary', url];
    const without = [
      '--security',
      'false',
      '--updates',
      'false',
      '--firmware-chroot',
      'false',
      '--iso-volume',
      'Example',
      // Which is more than the mirror of the test can hold at once.
      '--linux-packages',
      'none',
    ];
    await lbSucceeds(['config', ...words, ...without, '--debootstrap-options', '--variant=minbase'], { directory });
    return directory;
  }

  test('is bootstrapped by a key of the tree, and by none else', async () => {
    const { mirrors } = await readHostFacts({ directory: runDirectory(), env: process.env });
    const key = await makeTestKey();
    const mirror = await serveDerivative({ upstream: mirrors.main, upstreamSuite: 'trixie', suite, key });
    onTestFinished(() => mirror.close());

    const directory = await makeTree('derivative', mirror.url);
    const refused = await lb(['bootstrap'], { directory });
    expect(refused.stdout + refused.stderr).toContain('SIGNATURE_INVALID');
    expect(refused.exitCode).not.toBe(0);

    write(directory, 'config/archives/example.key.chroot', key.keyring.keys[0]!.armor());
    await lbSucceeds(['bootstrap'], { directory });
    const log = readFileSync(join(directory, '.build/livewright/logs/bootstrap.log'), 'utf8');
    expect(log).toMatch(/Setting up base-files/);
  });
});
