import { expect, test } from 'vitest';
import type { AptSimulation } from './aptSimulation.ts';
import { packagesForInstaller } from './poolForInstaller.ts';
import { poolPath } from './poolPlaces.ts';
import { Stanzas } from './stanzas.ts';

function paragraph(name: string, fields: Record<string, string> = {}): string {
  const all = {
    Package: name,
    Version: '1',
    Architecture: 'amd64',
    Section: 'admin',
    Size: '1',
    SHA256: 'a',
    ...fields,
  };
  const text = Object.entries(all).map(([field, value]) => `${field}: ${value}\n`);
  return `${text.join('')}Filename: pool/${name}.deb\nX-Base: http://mirror.example/debian\n\n`;
}

const stanzas = new Stanzas();
for (const text of [
  paragraph('linux-image-amd64', { Depends: 'linux-image-6' }),
  paragraph('linux-image-6'),
  paragraph('grub-pc', { Depends: 'libc6' }),
  paragraph('libc6'),
  paragraph('kbd'),
  paragraph('firmware-x', { Section: 'non-free-firmware/kernel', Architecture: 'all' }),
  paragraph('firmware-y', { Section: 'non-free-firmware/kernel', Depends: 'libc6' }),
]) {
  stanzas.add(text);
}

/** Gives what is asked for and what that names in Depends. */
function testApt(asked: string[][]): AptSimulation {
  const simulate: AptSimulation['simulate'] = async ({ specs, installed, recommends }) => {
    expect([installed, recommends]).toEqual(['', false]);
    asked.push([...specs]);
    const depends = specs.flatMap((name) => /^Depends: (.*)$/m.exec(stanzas.named(name)[0] ?? '')?.[1] ?? []);
    const names = [...specs, ...depends];
    return {
      installed: names.map((name) => ({ name, version: '1', architecture: name === 'firmware-x' ? 'all' : 'amd64' })),
      removed: [],
      selected: [],
    };
  };
  return { simulate, urls: async () => new Set() };
}

const installed = ['libc6', 'linux-image-6', 'linux-image-amd64', 'kbd'];
const bootstrap = [{ name: 'libc6', version: '1', architecture: 'amd64' }];

test.each([
  ['live', { installed, bootstrap: [] }, ['grub-pc', 'kbd', 'firmware-x', 'firmware-y']],
  [
    'cdrom',
    { installed: [], bootstrap },
    ['libc6', 'linux-image-amd64', 'linux-image-6', 'grub-pc', 'kbd', 'firmware-x', 'firmware-y'],
  ],
] as const)(
  '%s: what the installer needs as a package, and no other that it has in the live system',
  async (kind, has, expected) => {
    const asked: string[][] = [];
    const log: string[] = [];
    const found = await packagesForInstaller({
      ...{ kind, ...has, firmware: ['firmware-x', 'firmware-y', 'firmware-gone'], architecture: 'amd64' },
      ...{ stanzas, apt: testApt(asked), log: (line: string) => void log.push(line) },
    });
    expect(found.map(({ name }) => name).toSorted()).toEqual([...expected].toSorted());
    const firmware = found.filter(({ use }) => use === 'firmware');
    expect(firmware.map(poolPath).toSorted()).toEqual([
      'pool/non-free-firmware/f/firmware-x/firmware-x_1_all.deb',
      'pool/non-free-firmware/f/firmware-y/firmware-y_1_amd64.deb',
    ]);
    // One that needs nothing is not asked for: most firmware is so, and apt takes a second each time.
    expect(asked).toEqual([['linux-image-amd64'], ['grub-pc'], ['firmware-y']]);
    expect(log).toContain('firmware-gone is not in the archive, and so not on the medium.');
  },
);
