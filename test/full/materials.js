import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readHostMirrors } from '../../bench/config.js';

/**
 * For the tree `local`: a package in `config/packages.chroot`, and an archive with two versions of another one, signed
 * with a new key and served on this machine until the build has ended.
 * @param {string} tree
 */
export async function signedArchive(tree) {
  makePackage(join(tree, 'config/packages.chroot'), 'local-tool', '2.0');
  const archive = mkdtempSync(join(tmpdir(), 'livewright-archive-'));
  for (const version of ['1.5', '2.5']) makePackage(join(archive, 'pool'), 'own-tool', version);
  sign(archive, join(tree, 'config/archives/own.key.chroot'));
  const { port, end } = await serve(archive);
  writeFileSync(join(tree, 'config/archives/own.list.chroot'), `deb http://127.0.0.1:${port} ./\n`);
  return () => {
    end();
    rmSync(archive, { recursive: true });
  };
}

/**
 * For the tree `installer`: a mirror with the directory `installer-amd64`, where live-build gets the Debian Installer. Not
 * every mirror has it, but each has Debian's package of the same files; the rest is the mirror's of this machine.
 * @param {string} tree
 */
export async function mirrorWithInstaller(tree) {
  const { main } = readHostMirrors();
  const place = mkdtempSync(join(tmpdir(), 'livewright-mirror-'));
  unpackInstaller(main, place);
  const { port, end } = await serve(place, main);
  const script = join(tree, 'auto/config');
  writeFileSync(
    script,
    readFileSync(script, 'utf8').replace('http://mirror.example/debian', `http://127.0.0.1:${port}`),
  );
  return () => {
    end();
    rmSync(place, { recursive: true });
  };
}

/** Lays the images out as an archive does. @param {string} mirror @param {string} place */
function unpackInstaller(mirror, place) {
  const run = (/** @type {string} */ script, /** @type {string[]} */ ...words) =>
    execFileSync('bash', ['-e', '-o', 'pipefail', '-c', script, 'bash', ...words], { maxBuffer: 2 ** 28 }).toString();
  const index = run('curl -fsS "$1" | xz -d', `${mirror}/dists/trixie/main/binary-amd64/Packages.xz`);
  const paragraph = index.split('\n\n').find((text) => text.startsWith('Package: debian-installer-13-netboot-amd64\n'));
  const path = /^Filename: (.*)$/m.exec(paragraph ?? '')?.[1];
  if (path === undefined) throw new Error('The mirror has no package of the Debian Installer.');
  const deb = join(place, 'installer.deb');
  run('curl -fsS -o "$1" "$2" && dpkg-deb -x "$1" "$3" && rm "$1"', deb, `${mirror}/${encodeURI(path)}`, place);
  const images = join(place, 'dists/trixie/main/installer-amd64/current/images/netboot');
  mkdirSync(images, { recursive: true });
  const packaged = join(place, 'usr/lib/debian-installer/images/13/amd64');
  renameSync(join(packaged, 'text/debian-installer'), join(images, 'debian-installer'));
  mkdirSync(join(images, 'gtk'));
  renameSync(join(packaged, 'gtk/debian-installer'), join(images, 'gtk/debian-installer'));
}

/** @param {string} directory @param {string} name @param {string} version */
function makePackage(directory, name, version) {
  const root = mkdtempSync(join(tmpdir(), 'livewright-package-'));
  const files = {
    'DEBIAN/control': `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: of a test\n`,
    'DEBIAN/postinst': `#!/bin/sh\nset -e\necho ${version} >/var/lib/${name}.state\n`,
    [`usr/bin/${name}`]: `#!/bin/sh\necho ${name} ${version}\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { mode: path.endsWith('control') ? 0o644 : 0o755 });
  }
  mkdirSync(directory, { recursive: true });
  const deb = join(directory, `${name}_${version}_all.deb`);
  // The same bytes for both sides.
  const env = { ...process.env, SOURCE_DATE_EPOCH: '1750000000' };
  execFileSync('dpkg-deb', ['--root-owner-group', '-b', root, deb], { stdio: 'pipe', env });
  rmSync(root, { recursive: true });
}

/** Indexes and signs; leaves the key, armoured, in `keyFile`. @param {string} archive @param {string} keyFile */
function sign(archive, keyFile) {
  const home = mkdtempSync(join(tmpdir(), 'livewright-gpg-'));
  const gpg = (/** @type {string[]} */ ...words) =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--yes', ...words], {
      cwd: archive,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const index = execFileSync('dpkg-scanpackages', ['--multiversion', 'pool'], {
    cwd: archive,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  writeFileSync(join(archive, 'Packages'), index);
  const release = execFileSync('apt-ftparchive', ['-o', 'APT::FTPArchive::Release::Suite=own', 'release', '.'], {
    cwd: archive,
  });
  writeFileSync(join(archive, 'Release'), release);
  gpg('--passphrase', '', '--quick-generate-key', 'own <own@example.org>', 'ed25519', 'sign', 'never');
  gpg('--armor', '--detach-sign', '--output', 'Release.gpg', 'Release');
  gpg('--clear-sign', '--output', 'InRelease', 'Release');
  writeFileSync(keyFile, gpg('--armor', '--export'));
  execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
  rmSync(home, { recursive: true });
}

/**
 * In a process of its own, as builds are waited for without letting this one serve anything. What is not there is sent on
 * to `elsewhere`, if there is one.
 * @param {string} directory @param {string} [elsewhere] @returns {Promise<{ port: number, end: () => void }>}
 */
async function serve(directory, elsewhere = '') {
  const program = `
    import { createServer } from 'node:http';
    import { readFileSync } from 'node:fs';
    const server = createServer((request, response) => {
      const [, directory, elsewhere] = process.argv;
      try {
        response.end(readFileSync(directory + decodeURIComponent(new URL(request.url, 'http://x').pathname)));
      } catch {
        if (elsewhere) response.writeHead(302, { location: elsewhere + request.url }).end();
        else response.writeHead(404).end();
      }
    });
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, directory, elsewhere], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));
  return { port, end: () => child.kill() };
}
