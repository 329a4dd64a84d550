type Kind = 'packages' | 'system' | 'medium' | 'menu';

interface Expectation {
  readonly kind: Kind;
  readonly names: RegExp;
  readonly reason: string;
}

/** What differs between live-build and us on purpose, or between any two builds. */
const expectations: readonly Expectation[] = [
  { kind: 'system', names: /^\/var\/log(\/|$)/, reason: 'logs of the installation' },
  { kind: 'system', names: /^\/var\/(cache|lib\/apt)\//, reason: 'caches and lists of apt' },
  {
    kind: 'system',
    names: /^\/boot\/initrd\.img-|^\/usr\/lib\/modules\/[^/]+\/modules\.\w+(\.bin)?$/,
    reason: 'made on the spot',
  },
];

/** Why `name` may differ; undefined: it should not. */
export function expectedReason(kind: Kind, name: string): string | undefined {
  return expectations.find((row) => row.kind === kind && row.names.test(name))?.reason;
}
