import { join } from 'node:path';
import type { LiveConfig } from '../config/load.ts';
import type { ImageType } from '../config/options/image.ts';
import type { Downloader } from '../debian/http.ts';
import type { Keyring } from '../debian/keys.ts';
import type { Step } from '../engine/step.ts';
import { LivewrightError } from '../errors.ts';
import { indexStep } from '../steps/archive.ts';
import type { IndexResult } from '../steps/indexResult.ts';
import { type InstallerResult, installerStep } from '../steps/installer.ts';
import { cdromInstallerStep } from '../steps/installerCdrom.ts';
import { type InstallerIncludesOptions, installerIncludesStep } from '../steps/installerIncludes.ts';
import type { MediumOptions } from '../steps/medium.ts';
import { type Udebs, udebsStep } from '../steps/udebs.ts';
import type { EpochSource } from '../steps/workshop.ts';
import type { TreeRef } from '../store/types.ts';
import { loadsFromMedium } from './mediumSettings.ts';
import { checksOf, indexSources } from './sources.ts';
import type { BuildTree } from './tree.ts';

export interface InstallerRequest {
  readonly config: LiveConfig;
  readonly tree: BuildTree;
  readonly downloader: Downloader;
  readonly keys: () => Promise<Keyring>;
  /** The image's archives. */
  readonly index: Step<IndexResult>;
  /** The tools tree that hooks have: the installer needs depmod. */
  readonly hookTools: Step<TreeRef>;
  readonly epoch: EpochSource;
}

/** The installer of each kind of medium, and what it needs of packages there. */
export interface PlannedInstaller {
  readonly ofMedium: (type: ImageType) => Pick<MediumOptions, 'installer' | 'answers'>;
  /** For media that it loads its parts from; absent: there are none. */
  readonly fromMedium?: { readonly installer: Step<InstallerResult>; readonly udebs: Step<Udebs> };
}

/** The installer comes from a suite of its own choice; often that is the image's, whose index is asked for anyway. */
export function planInstaller(request: InstallerRequest): PlannedInstaller {
  const { config, downloader, tree, epoch, hookTools: tools } = request;
  const { values } = config;
  if (values.debianInstaller === 'none') return { ofMedium: () => ({}) };
  const { architecture, debianInstallerGui: gui, parentDebianInstallerDistribution: suite, binaryImages } = values;
  if (suite === 'daily' || suite === 'git') throw noDaily(suite);
  const isFromMedium = binaryImages.some((type) => loadsFromMedium(values, type));
  const index = installerIndex(request);
  // The name of the steps says what they make; the network's is the material of the medium's.
  const name = isFromMedium ? 'installer:network' : 'installer';
  const network = installerStep({ name, index, suite, architecture, gui, downloader });
  const { preseeds, answers } = tree.installer;
  const fromNetwork = withFiles(request, {
    name: `${name}:includes`,
    installer: network,
    answers: [...answers, ...preseeds],
  });
  const onMedium = answersOnMedium(tree);
  if (!isFromMedium) return { ofMedium: () => ({ installer: fromNetwork, answers: onMedium }) };
  const udebs = udebsStep({ index: udebIndex(request), suite, architecture });
  const made = cdromInstallerStep({ tools, epoch, network, udebs, downloader });
  const fromMedium = withFiles(request, { name: 'installer:includes', installer: made, answers: [] });
  return {
    fromMedium: { installer: made, udebs },
    ofMedium: (type) => ({ installer: loadsFromMedium(values, type) ? fromMedium : fromNetwork, answers: onMedium }),
  };
}

type Filling = Pick<InstallerIncludesOptions, 'name' | 'installer' | 'answers'>;

/** The installer with what the user puts into its initrd; itself, where that is nothing. */
function withFiles({ tree, epoch }: InstallerRequest, { name, installer, answers }: Filling): Step<InstallerResult> {
  const { directory, includesInstaller: includes } = tree;
  if (includes === undefined && answers.length === 0) return installer;
  return installerIncludesStep({ name, epoch, directory, includes, installer, answers });
}

/** `install/preseed.cfg` has all answers; the other files of `config/debian-installer` lie beside it. */
function answersOnMedium({ directory, installer }: BuildTree): NonNullable<MediumOptions['answers']> {
  const files = new Map(installer.answers.map((file) => [file.name, [file]]));
  if (installer.preseeds.length > 0) {
    files.set('preseed.cfg', [...(files.get('preseed.cfg') ?? []), ...installer.preseeds]);
  }
  const named = [...files].map(([name, parts]) => {
    return [name, parts.map(({ path, sha256 }) => ({ path: join(directory, path), sha256 }))] as const;
  });
  return Object.fromEntries(named);
}

function installerIndex(request: InstallerRequest): Step<IndexResult> {
  const { config, tree, downloader, keys, index } = request;
  const source = installerSource(request, 'main');
  const [main] = indexSources(config.values, 'Chroot');
  const isMain = main?.uri === source.uri && main.suite === source.suite && main.components.includes('main');
  const further = { ...tree.apt.further, archives: [] };
  const name = 'installer-index';
  return isMain
    ? index
    : indexStep({ name, title: 'index of the installer', sources: [source], downloader, keys, further });
}

function udebIndex(request: InstallerRequest): Step<IndexResult> {
  const { tree, downloader, keys } = request;
  const further = { ...tree.apt.further, archives: [] };
  const sources = [installerSource(request, 'main/debian-installer')];
  const title = 'index of the installer’s packages';
  return indexStep({ name: 'udeb-index', title, sources, downloader, keys, further });
}

function installerSource({ config: { values }, tree }: InstallerRequest, component: string) {
  return {
    ...checksOf(tree),
    uri: values.parentMirrorDebianInstaller || values.mirrorDebianInstaller,
    suite: values.parentDebianInstallerDistribution,
    components: [component],
    architectures: [values.architecture],
    ...(!values.aptSecure && { isTrusted: true }),
  };
}

/** Daily builds are signed by nobody, and on one server of the installer's team. */
function noDaily(suite: string): LivewrightError {
  return new LivewrightError('NOT_SUPPORTED', {
    message: `The installer is taken from a suite of the archive, not from "${suite}": nothing signs those builds.`,
    hint: 'Name a suite with --debian-installer-distribution; sid has the newest installer that is signed.',
    data: { suite },
  });
}
