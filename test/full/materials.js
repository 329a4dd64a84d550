import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

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
 * In a process of its own, as builds are waited for without letting this one serve anything.
 * @param {string} directory @returns {Promise<{ port: number, end: () => void }>}
 */
async function serve(directory) {
  const program = `
    import { createServer } from 'node:http';
    import { readFileSync } from 'node:fs';
    const server = createServer((request, response) => {
      try {
        response.end(readFileSync(process.argv[1] + decodeURIComponent(new URL(request.url, 'http://x').pathname)));
      } catch {
        response.writeHead(404).end();
      }
    });
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise((resolve) => child.stdout.once('data', (text) => resolve(Number(text))));
  return { port, end: () => child.kill() };
}
