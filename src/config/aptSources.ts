/** One archive of apt's sources, see sources.list(5). */
export interface AptSource {
  /** `deb` as opposed to `deb-src`. */
  readonly isBinary: boolean;
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
}

/** Reads the one-line format: `deb [signed-by=FILE] URI SUITE COMPONENT...`. Lines it cannot read are left out. */
export function parseOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)([^#]*)/.exec(line);
    if (match === null) return [];
    const [, type, settings = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(settings)?.[1];
    return [{ isBinary: type === 'deb', uri, suites: [suite], components: words(components), signedBy }];
  });
}

/** Reads the deb822 format: stanzas with Types, URIs, Suites, Components, Signed-By and Enabled. */
export function parseStanzaSources(text: string): AptSource[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .split(/\n[ \t]*\n/)
    .map(parseFields)
    .filter((fields) => !/^(no|false|without|off|disable)$/i.test(fields.get('enabled') ?? ''))
    .flatMap((fields) =>
      words(fields.get('uris')).map((uri) => ({
        isBinary: words(fields.get('types')).includes('deb'),
        uri,
        suites: words(fields.get('suites')),
        components: words(fields.get('components')),
        signedBy: fields.get('signed-by'),
      })),
    );
}

function parseFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const field of stanza.split(/\n(?![ \t])/)) {
    const colon = field.indexOf(':');
    if (colon > 0) fields.set(field.slice(0, colon).trim().toLowerCase(), field.slice(colon + 1).trim());
  }
  return fields;
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '');
}
