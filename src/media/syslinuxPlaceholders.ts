import type { BootMenu } from './bootMenu.ts';
import { epochParts, mailStamp } from './epoch.ts';
import { replaceLines, type Substitutions, substituteAll } from './placeholders.ts';
import { liveDirectory, type MediumSettings } from './settings.ts';
import { renderSyslinuxSerial, syslinuxTimeout } from './syslinuxMenu.ts';

export interface SyslinuxFacts {
  readonly menu: BootMenu;
  readonly settings: MediumSettings;
  readonly epochSeconds: number;
  /** `filesystem.packages`: name TAB version. */
  readonly packagesText: string;
}

/** Fills a `*.cfg` of `isolinux` or a splash.svg, ours or the user's. `@MENU_TIMEOUT@` and `@MENU_SERIAL@` are our own. */
export function fillSyslinuxTemplate(text: string, facts: SyslinuxFacts): string {
  const blocks: Substitutions = [
    ['@OPTIONAL_INSTALLER_INCLUDE@', facts.settings.installer ? 'include install.cfg' : ''],
    ['@OPTIONAL_MEMTEST_INCLUDE@', facts.settings.memtest ? 'include memtest.cfg' : ''],
    ['@MENU_SERIAL@', renderSyslinuxSerial(facts.menu)],
  ];
  const filled = blocks.reduce((current, [marker, block]) => replaceLines(current, marker, block), text);
  return substituteAll(filled, syslinuxSubstitutions(facts));
}

/**
 * A user's `live.cfg.in` is a template of one flavour's entries: repeated for each, and only the first stays the default.
 */
export function expandLiveTemplate(template: string, menu: BootMenu): string {
  const kernels = new Set(menu.entries.flatMap(({ kernel }) => (kernel.stable ? [kernel] : [])));
  const blocks = [...kernels].map((kernel, index) => {
    const block = index === 0 ? template : replaceLines(template, 'menu default', '');
    return substituteAll(block, [
      ['@FLAVOUR@', kernel.stable?.flavour ?? kernel.source.flavour],
      ['@LINUX@', kernel.stable?.linux ?? kernel.linux],
      ['@INITRD@', kernel.stable?.initrd ?? kernel.initrd],
    ]);
  });
  return blocks.join('\n');
}

function syslinuxSubstitutions(facts: SyslinuxFacts): Substitutions {
  const values = { ...settingValues(facts), ...dateValues(facts.epochSeconds), ...versionValues(facts) };
  return Object.entries(values).map(([name, value]) => [`@${name}@`, value] as const);
}

function settingValues({ menu, settings }: SyslinuxFacts): Record<string, string> {
  return {
    APPEND_LIVE: settings.bootAppendLive,
    APPEND_LIVE_FAILSAFE: settings.bootAppendLiveFailsafe,
    APPEND_INSTALL: settings.bootAppendInstall,
    PROJECT: 'Debian GNU/Linux',
    DISTRIBUTION: settings.distribution,
    PARENT_DISTRIBUTION: settings.parentDistribution,
    VERSION: settings.versionId ?? 'none',
    ARCHITECTURE: settings.architecture,
    LB_ISO_APPLICATION: settings.isoApplication,
    LB_ISO_PUBLISHER: settings.isoPublisher,
    LB_LINUX_PACKAGES: settings.linuxPackages,
    LIVE_BUILD_VERSION: settings.livewrightVersion,
    KERNEL_GI: '/install/gtk/vmlinuz',
    INITRD_GI: '/install/gtk/initrd.gz',
    KERNEL_DI: '/install/vmlinuz',
    INITRD_DI: '/install/initrd.gz',
    MEMTEST: `/${liveDirectory(settings)}/memtest.bin`,
    MEMTEST_VERSION: 'memtest86+',
    MENU_TIMEOUT: String(syslinuxTimeout(menu)),
  };
}

function dateValues(epochSeconds: number): Record<string, string> {
  const { year, month, day, hour, minute, second } = epochParts(epochSeconds);
  const clock = { YEAR: year, MONTH: month, DAY: day, HOUR: hour, MINUTE: minute, SECOND: second };
  return { ...clock, DATE: mailStamp(epochSeconds), TIMEZONE: 'UTC', TIMEZONE_NUM: '+0000' };
}

function versionValues({ menu, packagesText }: SyslinuxFacts): Record<string, string> {
  const versions = new Map(packagesText.split('\n').map((line) => line.split('\t', 2) as [string, string]));
  const kernels = new Set(menu.entries.map((entry) => entry.kernel.source.version));
  const kernelPackages = [...kernels].map((version) => versions.get(`linux-image-${version}`) ?? version);
  return {
    LINUX_VERSIONS: [...new Set(kernelPackages)].join(' '),
    LIVE_BOOT_VERSION: versions.get('live-boot') ?? '',
    LIVE_CONFIG_VERSION: versions.get('live-config') ?? '',
    LIVE_TOOLS_VERSION: versions.get('live-tools') ?? '',
  };
}
