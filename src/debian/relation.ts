import { LivewrightError, type Place } from '../errors.ts';
import { type Operator, operators, satisfies } from './version.ts';

/** One possibility of a relation: `libc6:any (>= 2.36) [amd64 !i386] <!nocheck>`. */
export interface Alternative {
  readonly name: string;
  /** `any`, `native` or an architecture. */
  readonly qualifier?: string;
  readonly version?: { readonly operator: Operator; readonly version: string };
  /** Architectures the alternative is limited to; a leading `!` excludes. */
  readonly architectures?: readonly string[];
  /** Build profiles: any group must hold, each with all its terms. */
  readonly profiles?: readonly (readonly string[])[];
}

/** Alternatives in the order of preference. */
export type Relation = readonly Alternative[];

const ALTERNATIVE = new RegExp(
  [
    '^(?<name>[A-Za-z0-9][A-Za-z0-9+.-]*)', // upper case occurs in third-party archives
    '(?::(?<qualifier>[a-z0-9-]+))?',
    '\\s*(?:\\(\\s*(?<operator><<|<=|>=|>>|=|<|>)\\s*(?<version>[A-Za-z0-9][^\\s()]*)\\s*\\))?',
    '\\s*(?:\\[(?<architectures>[^\\]]*)\\])?',
    '\\s*(?<profiles>(?:<[^>]*>\\s*)*)$',
  ].join(''),
);

/**
 * Parses the value of Depends and its kin (Policy 7.1). The empty value is no relation.
 * Throws RELEASE_FORMAT, with `place` if given.
 */
export function parseRelations(text: string, place?: Place): readonly Relation[] {
  const relations: Relation[] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    relations.push(part.split('|').map((alternative) => parseAlternative(alternative.trim(), place)));
  }
  return relations;
}

function parseAlternative(text: string, place: Place | undefined): Alternative {
  const groups = ALTERNATIVE.exec(text)?.groups;
  if (groups === undefined) {
    throw new LivewrightError('RELEASE_FORMAT', {
      message: `"${text}" is not a package relation such as "name (>= 1.0)".`,
      ...(place && { place }),
    });
  }
  const { name = '', qualifier, operator, version, architectures, profiles } = groups;
  return {
    name,
    ...(qualifier !== undefined && { qualifier }),
    ...(operator !== undefined && version !== undefined && { version: { operator: toOperator(operator), version } }),
    ...(architectures !== undefined && { architectures: words(architectures) }),
    ...(profiles && { profiles: [...profiles.matchAll(/<([^>]*)>/g)].map((match) => words(match[1] ?? '')) }),
  };
}

/** The obsolete `<` and `>` mean `<=` and `>=` (Policy 7.1). */
function toOperator(text: string): Operator {
  return operators.find((operator) => operator === text) ?? (text === '<' ? '<=' : '>=');
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

export function formatRelation(relation: Relation): string {
  return relation.map(formatAlternative).join(' | ');
}

function formatAlternative(alternative: Alternative): string {
  const { name, qualifier, version, architectures, profiles } = alternative;
  return [
    qualifier === undefined ? name : `${name}:${qualifier}`,
    version && `(${version.operator} ${version.version})`,
    architectures && `[${architectures.join(' ')}]`,
    ...(profiles ?? []).map((group) => `<${group.join(' ')}>`),
  ]
    .filter(Boolean)
    .join(' ');
}

/** Whether the alternative counts at all on `architecture` (exact names, no wildcards). */
export function appliesTo(alternative: Alternative, architecture: string): boolean {
  const limits = alternative.architectures;
  if (limits === undefined || limits.length === 0) return true;
  if (limits[0]?.startsWith('!')) return !limits.includes(`!${architecture}`);
  return limits.includes(architecture);
}

/** Whether `version` of the named package is what the alternative asks for. */
export function isSatisfiedBy(alternative: Alternative, version: string): boolean {
  return (
    alternative.version === undefined || satisfies(version, alternative.version.operator, alternative.version.version)
  );
}
