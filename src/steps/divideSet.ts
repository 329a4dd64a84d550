import { parseRelations, type Relation } from '../debian/relation.ts';
import type { Simulated } from './aptSimulation.ts';
import { fieldOf, type Stanzas } from './stanzas.ts';
import { wishName } from './wishes.ts';

/** Wishes that are installed by a step of their own. */
export type WishGroup = { readonly name: string; readonly specs: readonly string[] };

export interface Dividing {
  /** What apt chose for the wishes of all groups together. */
  readonly chosen: Simulated;
  readonly groups: readonly WishGroup[];
  readonly stanzas: Stanzas;
  /** Names of packages installed before, and whether this one replaces one of them. */
  readonly isInstalled: (name: string) => boolean;
  /** Whether apt follows Recommends. */
  readonly recommends: boolean;
}

type Chosen = Simulated['installed'];

/**
 * Which of the packages are installed with which group: the first that needs them, with all that they depend on. So a
 * package that joins a list changes that group and those behind it, and none before. Where packages are replaced or
 * removed, order could matter to apt, and all are left together with the first group.
 */
export function divideSet(dividing: Dividing): Chosen[] {
  const { chosen, groups, isInstalled } = dividing;
  const isPlain = chosen.removed.length === 0 && !chosen.installed.some(({ name }) => isInstalled(name));
  if (!isPlain) return groups.map((_, at) => (at === 0 ? chosen.installed : []));
  const members = membersOf(dividing);
  const groupOf = new Map<Member, number>();
  const take = (member: Member, group: number): void => {
    const waiting = [member];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (groupOf.has(next)) continue;
      groupOf.set(next, group);
      waiting.push(...neededBy(next, members, isInstalled));
    }
  };
  for (const [at, { specs }] of groups.entries()) {
    for (const member of specs.flatMap((spec) => wishedBy(spec, members))) take(member, at);
  }
  // What is left came for a task or a pattern, or by a setting of the user's: the last that has wishes can hold it all.
  const selected = members.all.filter(({ item }) => chosen.selected.includes(item.name));
  const withPattern = groups.findIndex(({ specs }) => specs.some((spec) => /[\^*?~]/.test(spec)));
  for (const member of withPattern === -1 ? [] : selected) take(member, withPattern);
  const last = groups.findLastIndex(({ specs }) => specs.length > 0);
  for (const member of members.all) take(member, last);
  return groups.map((_, at) => members.all.filter((member) => groupOf.get(member) === at).map(({ item }) => item));
}

interface Member {
  readonly item: Chosen[number];
  readonly needs: readonly Relation[];
}

interface Members {
  readonly all: readonly Member[];
  readonly named: ReadonlyMap<string, readonly Member[]>;
  /** By real and by provided name. */
  readonly providing: ReadonlyMap<string, readonly Member[]>;
}

function membersOf({ chosen, stanzas, recommends }: Dividing): Members {
  const fields = ['Pre-Depends', 'Depends', ...(recommends ? ['Recommends'] : [])];
  const named = new Map<string, Member[]>();
  const providing = new Map<string, Member[]>();
  const all = chosen.installed.map((item): Member => {
    const stanza = stanzas.find(item.name, item.version, item.architecture) ?? '';
    const member = { item, needs: fields.flatMap((field) => parseRelations(fieldOf(stanza, field))) };
    add(named, item.name, member);
    const provided = parseRelations(fieldOf(stanza, 'Provides')).flat();
    for (const name of new Set([item.name, ...provided.map((one) => one.name)])) add(providing, name, member);
    return member;
  });
  return { all, named, providing };
}

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Members that a member may need; rather one too many, as all of them are installed in the end. */
function neededBy({ needs }: Member, members: Members, isInstalled: (name: string) => boolean): readonly Member[] {
  return needs.flatMap((relation) => {
    if (relation.some(({ name, version }) => !version && isInstalled(name))) return [];
    const sure = relation.find(({ name, version }) => !version && members.named.has(name));
    if (sure !== undefined) return members.named.get(sure.name) ?? [];
    return relation.flatMap(({ name }) => members.providing.get(name) ?? []);
  });
}

function wishedBy(spec: string, { named, providing }: Members): readonly Member[] {
  const name = wishName(spec, (candidate) => named.has(candidate));
  return named.get(name) ?? providing.get(name) ?? [];
}
