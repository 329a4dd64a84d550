import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeFile } from '../config/digestFile.ts';
import { digestTree, type TreeDigest } from '../config/digestTree.ts';
import { findHooks, type HookKind } from '../config/hooks.ts';
import { findIncludes, type IncludeKind } from '../config/includes.ts';
import { type InstallerTree, readInstallerTree } from '../config/installerTree.ts';
import type { LiveConfig } from '../config/load.ts';
import { ownLiveBuild } from '../config/ownLiveBuild.ts';
import { type ListPass, readPackageLists } from '../config/packageLists.ts';
import type { ConfigWarning } from '../config/settings.ts';
import { findStrayFiles } from '../config/strayFiles.ts';
import { findLocalPackages, findPreseeds } from '../config/treeFiles.ts';
import { orIfAbsent, type Place } from '../errors.ts';
import type { UserDirectory } from '../steps/medium.ts';
import { foreignArchitectures, type Wish } from '../steps/wishes.ts';
import { type AptTree, readAptTree } from './aptTree.ts';
import { parseEnvironment } from './environment.ts';
import { idleForInstaller } from './idleFiles.ts';

/** What a build takes from the tree below `config/`, besides the options. */
export interface BuildTree {
  readonly directory: string;
  /** Packages of the first pass, and those that only the second one brings. */
  readonly install: readonly Wish[];
  readonly live: readonly Wish[];
  readonly hasLivePass: boolean;
  /** Commands in lists, whose output is more names of packages. */
  readonly commands: Readonly<Record<'install' | 'live' | 'pool', readonly ListCommand[]>>;
  /** Packages that the medium carries, list by list. */
  readonly poolLists: readonly (readonly (Wish | ListCommand)[])[];
  /** Architectures of packages besides the image's own. */
  readonly foreign: readonly string[];
  /** Binary packages of the user's. */
  readonly localPackages: readonly TreeFile[];
  readonly apt: AptTree;
  /** Answers to the questions of packages. */
  readonly preseeds: readonly TreeFile[];
  readonly includesBefore: readonly NamedDirectory[];
  readonly includesAfter: readonly NamedDirectory[];
  /** Hooks that run in the system, in their order. */
  readonly hooks: readonly RootHook[];
  /** Hooks that run on the medium, in their order. */
  readonly binaryHooks: readonly { readonly name: string; readonly path: string }[];
  /** Hooks that run beside the source packages. */
  readonly sourceHooks: readonly { readonly name: string; readonly path: string }[];
  /** Variables for them and those that run on the medium. */
  readonly binaryEnvironment: Readonly<Record<string, string>>;
  /** Variables for programs in the root. */
  readonly environment: Readonly<Record<string, string>>;
  readonly excludes: () => Promise<string>;
  readonly bootloaders: UserDirectory | undefined;
  readonly includesBinary: UserDirectory | undefined;
  readonly includesInstaller: UserDirectory | undefined;
  readonly includesSource: UserDirectory | undefined;
  readonly installer: InstallerTree;
  readonly warnings: readonly ConfigWarning[];
}

export interface RootHook {
  readonly name: string;
  readonly path: string;
  readonly kind: HookKind;
  /** Ours, not the user's. */
  readonly isStock: boolean;
}

export interface ListCommand {
  readonly command: string;
  readonly place: Place;
}

export interface NamedDirectory {
  readonly name: string;
  readonly directory: string;
  readonly digest: () => Promise<string>;
  readonly read: () => Promise<TreeDigest>;
}

export interface TreeRequest {
  readonly directory: string;
  readonly config: LiveConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Reads the tree. Throws for what is wrong in it, and for what this version would leave out of the image. */
export async function readBuildTree({ directory, config, env }: TreeRequest): Promise<BuildTree> {
  const lists = await readPackageLists(directory, config, env);
  const { hooks, skipped, ignored } = await findHooks(directory);
  const includes = await findIncludes(directory);
  const local = await findLocalPackages(directory, config.values.architecture);
  const ofKind = (kind: IncludeKind) => includes.filter((found) => found.kind === kind);
  const named = (kind: IncludeKind) => ofKind(kind).map(({ path }) => nameDirectory(directory, path));
  const userDirectory = ({ directory: path, digest }: NamedDirectory): UserDirectory => ({ path, digest });
  const install = wishesOf(lists.passes.install);
  const known = new Set(install.map(({ spec }) => spec));
  const live = wishesOf(lists.passes.live).filter(({ spec }) => !known.has(spec));
  const commands = commandsOf(lists);
  const specs = [...install, ...live].map(({ spec }) => spec).concat(config.values.linuxFlavours);
  const foreign = foreignArchitectures(specs, config.values.architecture);
  const installer = await readInstallerTree(directory, config.values.architecture);
  const apt = await readAptTree(directory, config.values, foreign);
  return {
    directory,
    install,
    live,
    hasLivePass: live.length > 0 || commands.live.length > 0,
    commands,
    poolLists: poolListsOf(lists),
    foreign,
    localPackages: [...apt.keyringDebs, ...local.packages],
    apt,
    preseeds: (await findPreseeds(directory)).filter(({ phase }) => phase !== 'installer'),
    includesBefore: named('chroot-before'),
    includesAfter: named('chroot-after'),
    hooks: hooks
      .filter(({ kind }) => kind === 'chroot' || kind === 'container')
      .map(({ name, file, kind, origin }) => ({ name, path: file, kind, isStock: origin === 'stock' })),
    sourceHooks: hooks.filter(({ kind }) => kind === 'source').map(({ name, file }) => ({ name, path: file })),
    binaryHooks: hooks.filter(({ kind }) => kind === 'binary').map(({ name, file }) => ({ name, path: file })),
    binaryEnvironment: await readEnvironment(directory, 'binary'),
    environment: await readEnvironment(directory, 'chroot'),
    excludes: () => orIfAbsent(readFile(join(directory, 'config/rootfs/excludes'), 'utf8'), ''),
    bootloaders: await existing(directory, 'config/bootloaders'),
    includesBinary: named('binary').map(userDirectory)[0],
    includesSource: await existing(directory, 'config/includes.source'),
    includesInstaller: named('installer').map(userDirectory)[0],
    installer,
    warnings: [
      ...(await findStrayFiles(directory)),
      ...(await ownLiveBuildWarning(directory)),
      ...lists.warnings,
      ...local.warnings,
      ...skipped.map(leftOut),
      ...ignored.map(noHook),
      ...idleForInstaller(config.values, { ...installer, hasIncludes: ofKind('installer').length > 0 }),
      ...(config.values.source ? [] : hooks.filter(({ kind }) => kind === 'source').map(noSource)),
    ],
  };
}

async function ownLiveBuildWarning(directory: string): Promise<ConfigWarning[]> {
  if ((await orIfAbsent(stat(join(directory, ownLiveBuild)), undefined)) === undefined) return [];
  return [
    {
      message: `Of the live-build in ${ownLiveBuild} only the hooks count, not its scripts and templates.`,
      hint: 'Put what it changes about boot loaders into config/bootloaders, and all else into hooks.',
      place: { path: ownLiveBuild },
    },
  ];
}

function leftOut({ path, target }: { readonly path: string; readonly target: string }): ConfigWarning {
  return { message: `The hook is left out: it is a link to "${target}", which is not here.`, place: { path } };
}

function noHook(path: string): ConfigWarning {
  return {
    message: 'This is no hook, by its name or by its place, and nothing reads it.',
    hint: 'Hooks are config/hooks/normal/*.chroot or *.binary, or the same in live/.',
    place: { path },
  };
}

function noSource({ path }: { readonly path: string }): ConfigWarning {
  return {
    message: 'The hook does not run: it is one for source packages, and there are none with --source false.',
    place: { path },
  };
}

type Lists = Awaited<ReturnType<typeof readPackageLists>>;

/** The same package in two lists is one wish; the first place is the one to name. */
function wishesOf(entries: Lists['passes']['install']): Wish[] {
  const wishes = new Map<string, Wish>();
  for (const entry of entries) {
    if (entry.kind === 'wish' && !wishes.has(entry.spec))
      wishes.set(entry.spec, { spec: entry.spec, place: entry.place });
  }
  return [...wishes.values()];
}

/** One of both passes has said all there is to say in the first. */
function commandsOf({ passes }: Lists): BuildTree['commands'] {
  const ofPass = (pass: ListPass) => {
    const entries = passes[pass].filter((entry) => entry.kind === 'command');
    return [...new Map(entries.map(({ command, place }) => [command, { command, place }])).values()];
  };
  const install = ofPass('install');
  const known = new Set(install.map(({ command }) => command));
  return { install, live: ofPass('live').filter(({ command }) => !known.has(command)), pool: ofPass('binary') };
}

function poolListsOf({ passes }: Lists): BuildTree['poolLists'] {
  const lists = new Map<string, (Wish | ListCommand)[]>();
  for (const entry of passes.binary) {
    const { path } = entry.place;
    lists.set(path, [...(lists.get(path) ?? []), entry]);
  }
  return [...lists.values()];
}

function nameDirectory(base: string, path: string): NamedDirectory {
  const directory = join(base, path);
  const read = () => digestTree(directory);
  return { name: path.replace(/^config\//, ''), directory, read, digest: async () => (await read()).digest };
}

async function existing(base: string, path: string): Promise<UserDirectory | undefined> {
  const { directory, digest } = nameDirectory(base, path);
  const found = await orIfAbsent(digestTree(directory), undefined);
  return found === undefined || found.entries === 0 ? undefined : { path: directory, digest };
}

/** Variables of `config/environment` and `config/environment.chroot` (or `.binary`), the latter's counting more. */
async function readEnvironment(directory: string, kind: 'chroot' | 'binary'): Promise<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const path of ['config/environment', `config/environment.${kind}`]) {
    const text = await orIfAbsent(readFile(join(directory, path), 'utf8'), '');
    Object.assign(variables, parseEnvironment(text, path));
  }
  return variables;
}
