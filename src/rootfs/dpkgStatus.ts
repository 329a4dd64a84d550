/** Installed packages of a dpkg status file, as `dpkg-query -W` prints them: name, colon-architecture where it says so, version. */
export interface InstalledPackage {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
}

export function installedPackages(status: string): InstalledPackage[] {
  return status
    .split('\n\n')
    .filter((paragraph) => /^Status: \S+ ok installed$/m.test(paragraph))
    .map((paragraph) => ({
      // dpkg shows the architecture of Multi-Arch: same packages, since several may be installed at once.
      name:
        field(paragraph, 'Package') +
        (field(paragraph, 'Multi-Arch') === 'same' ? `:${field(paragraph, 'Architecture')}` : ''),
      architecture: field(paragraph, 'Architecture'),
      version: field(paragraph, 'Version'),
    }));
}

/** The text of `filesystem.packages`: name, tab, version, a package a line, in dpkg's order. */
export function packagesText(installed: readonly InstalledPackage[]): string {
  const sorted = installed.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return sorted.map(({ name, version }) => `${name}\t${version}\n`).join('');
}

function field(paragraph: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1] ?? '';
}
