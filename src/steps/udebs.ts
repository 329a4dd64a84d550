import { readFile } from 'node:fs/promises';
import type { LockedPackage } from '../debian/debs.ts';
import { defineStep, type Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import type { BlobRef, Digest } from '../store/types.ts';
import type { IndexResult } from './indexResult.ts';
import { fieldOf, Stanzas } from './stanzas.ts';

/** A package of the installer's own (micro-deb). */
export type Udeb = LockedPackage & {
  readonly source: string;
  readonly depends: readonly string[];
  readonly provides: readonly string[];
  /** The kernel it has modules for; absent: none. */
  readonly kernel?: string;
};

export type Udebs = {
  /** The newest kernel that the suite has for its installer. */
  readonly kernel: string;
  /** In the order of their names. */
  readonly packages: readonly Udeb[];
  /** Their stanzas. */
  readonly index: BlobRef;
};

export interface UdebsOptions {
  /** Of the component `main/debian-installer`. */
  readonly index: Step<IndexResult>;
  readonly suite: string;
  readonly architecture: string;
}

/** What the installer's suite has of udebs, and which kernel they go with. */
export function udebsStep({ index, suite, architecture }: UdebsOptions): Step<Udebs> {
  return defineStep({
    name: 'installer-udebs',
    title: 'packages of the installer',
    version: 1,
    needs: [index],
    inputs: (resultOf) => {
      const lists = resultOf(index).sources.flatMap(({ uri, components }) =>
        components.map(({ packages }) => ({ uri, packages })),
      );
      return { lists, architecture };
    },
    run: async ({ lists }, { store }) => {
      const stanzas = new Stanzas();
      for (const { uri, packages } of lists) {
        stanzas.add(await readFile(await store.blobPath(packages), 'utf8'), `X-Base: ${uri}\n`);
      }
      const texts = [...stanzas.all()].toSorted((a, b) => (fieldOf(a, 'Package') < fieldOf(b, 'Package') ? -1 : 1));
      const packages = texts.map(readUdeb);
      const kernel = newestKernel(packages);
      if (kernel === undefined) throw noUdebs(suite, architecture);
      return { kernel, packages, index: await store.putBytes(texts.map((text) => `${text}\n`).join('')) };
    },
  });
}

const names = (field: string): string[] =>
  field
    .split(',')
    .map((word) => word.trim().replace(/[ (:|].*$/, ''))
    .filter(Boolean);

function readUdeb(stanza: string): Udeb {
  const kernel = fieldOf(stanza, 'Kernel-Version');
  return {
    name: fieldOf(stanza, 'Package'),
    version: fieldOf(stanza, 'Version'),
    architecture: fieldOf(stanza, 'Architecture'),
    sha256: fieldOf(stanza, 'SHA256') as Digest,
    sizeBytes: Number(fieldOf(stanza, 'Size')),
    url: `${fieldOf(stanza, 'X-Base').replace(/\/+$/, '')}/${fieldOf(stanza, 'Filename')}`,
    source: fieldOf(stanza, 'Source').split(' ')[0] || fieldOf(stanza, 'Package'),
    depends: names(fieldOf(stanza, 'Depends')),
    provides: names(fieldOf(stanza, 'Provides')),
    ...(kernel !== '' && { kernel }),
  };
}

const { compare: compareNumbers } = new Intl.Collator('en', { numeric: true });

/** Of several flavours of a version, the one with the plainest name: `arm64` and not `arm64-16k`. */
function newestKernel(packages: readonly Udeb[]): string | undefined {
  const kernels = packages.filter(({ name }) => name.startsWith('kernel-image-')).flatMap(({ kernel }) => kernel ?? []);
  const number = (kernel: string): string => kernel.replace(/-[a-z].*$/, '');
  return kernels.toSorted((a, b) => compareNumbers(number(a), number(b)) || b.length - a.length).at(-1);
}

function noUdebs(suite: string, architecture: string): LivewrightError {
  return new LivewrightError('MIRROR_NOT_FOUND', {
    message: `The suite "${suite}" has no kernel for a Debian Installer of ${architecture} (no udeb kernel-image-*).`,
    hint: 'Name a suite that has one with --parent-debian-installer-distribution, or set --debian-installer none.',
    data: { suite, architecture },
  });
}
