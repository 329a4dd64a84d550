import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createCleartextMessage, sign } from 'openpgp';
import type { TestKey, TestPackage } from '../../src/debian/archive.testing.ts';
import { writeCpio } from '../../src/debian/cpio.ts';
import { buildPackage } from './packages.ts';

/** The kernel that the suite has modules for, and the older one of its images for the network. */
export const kernel = '6.12.2-amd64';
const oldKernel = '6.12.1-amd64';

const entry = (path: string, mode: number, text = '') => {
  return { path, mode, uid: 0, gid: 0, mtimeSeconds: 1, data: Buffer.from(text) };
};

const installed = ['anna', 'choose-mirror', 'download-installer', 'net-retriever', `kernel-image-${oldKernel}-di`];

/** What Debian's initrd for the network has, as far as anybody here looks at it. */
export function networkInitrd(face: string): Uint8Array {
  const status = installed.map((name) => `Package: ${name}\nStatus: install ok unpacked\nVersion: 1\n\n`).join('');
  const directories = ['usr', 'usr/lib', 'usr/lib/modules', 'var', 'var/lib', 'var/lib/dpkg', 'var/lib/dpkg/info'];
  return gzipSync(
    writeCpio([
      entry('', 0o040755),
      entry('dev', 0o040755),
      { ...entry('dev/console', 0o020600), device: [5, 1] },
      entry('face', 0o100644, face),
      entry('lib', 0o120777, 'usr/lib'),
      ...directories.map((path) => entry(path, 0o040755)),
      entry('usr/lib/modules/old.ko', 0o100644, 'old'),
      entry('var/lib/dpkg/info/choose-mirror.postinst', 0o100755, 'x'),
      entry('var/lib/dpkg/status', 0o100644, status),
    ]),
  );
}

function networkPackage(): TestPackage {
  const files = ['text', 'gtk'].flatMap((face) => {
    const place = `usr/lib/debian-installer/images/13/amd64/${face}/debian-installer/amd64`;
    return [
      [`${place}/linux`, 'network kernel'],
      [`${place}/initrd.gz`, networkInitrd(face)],
    ] as const;
  });
  const fields = { Provides: 'debian-installer-netboot-amd64' };
  return buildPackage({
    ...{ name: 'debian-installer-13-netboot-amd64', version: '13', fields },
    files: Object.fromEntries(files),
  });
}

const udeb = (name: string, fields: Record<string, string> = {}, files: Record<string, string> = {}) =>
  buildPackage({
    name,
    version: '1:2',
    fields: { Section: 'debian-installer', Priority: 'optional', ...fields },
    files,
  });

const modules = `lib/modules/${kernel}`;

/** Udebs with the names of Debian's. */
function udebs(): TestPackage[] {
  const ofKernel = { 'Kernel-Version': kernel };
  return [
    udeb(`kernel-image-${kernel}-di`, ofKernel, {
      ...{ 'boot/vmlinuz': 'medium kernel', [`${modules}/modules.order`]: '', [`${modules}/modules.builtin`]: '' },
    }),
    udeb(`isofs-modules-${kernel}-di`, { ...ofKernel, Depends: `kernel-image-${kernel}-di` }),
    udeb(`ext4-modules-${kernel}-di`, ofKernel),
    udeb(`ext4-modules-${oldKernel}-di`, { 'Kernel-Version': oldKernel }),
    udeb('cdrom-detect', { 'Installer-Menu-Item': '1300' }, { 'lib/cdrom': 'x', 'DEBIAN/postinst': '#!/bin/sh\n' }),
    udeb('load-cdrom', { Depends: 'anna' }),
    ...['live-installer', 'anna', 'unwanted', 'replaced'].map((name) => udeb(name)),
  ];
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** A signed archive with suite `trixie` that has an installer and nothing else. */
export async function writeInstallerArchive(directory: string, key: TestKey): Promise<void> {
  const lines: string[] = [];
  const write = (path: string, bytes: Uint8Array | string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  };
  const list = (component: string, packages: readonly TestPackage[], extension: string): void => {
    const stanzas = packages.map(({ fields, deb }) => {
      const path = `pool/${fields['Package']}_2_all.${extension}`;
      write(path, deb);
      const all = { ...fields, Filename: path, Size: deb.length, SHA256: sha256(deb) };
      return Object.entries(all)
        .map(([name, value]) => `${name}: ${value}\n`)
        .join('');
    });
    const name = `${component}/binary-amd64/Packages`;
    const text = stanzas.join('\n');
    for (const [path, bytes] of [
      [name, text],
      [`${name}.gz`, gzipSync(text)],
    ] as const) {
      write(`dists/trixie/${path}`, bytes);
      lines.push(` ${sha256(bytes)} ${bytes.length} ${path}\n`);
    }
  };
  list('main', [networkPackage()], 'deb');
  list('main/debian-installer', udebs(), 'udeb');
  const head = `Origin: Test\nCodename: trixie\nDate: ${new Date().toUTCString()}\nArchitectures: amd64\n`;
  const text = `${head}Components: main\nSHA256:\n${lines.join('')}`;
  write(
    'dists/trixie/InRelease',
    await sign({ message: await createCleartextMessage({ text }), signingKeys: key.secret }),
  );
}
