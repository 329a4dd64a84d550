import { type ErrorCode, LivewrightError } from '../errors.ts';

/**
 * One stanza of a deb822 file (deb822(5)): fields by lower-case name. A continued value keeps its line breaks, each
 * continuation line without its leading blank, as deb822(5) defines multi-line values.
 */
export interface Paragraph {
  /** 1-based line of the first field. */
  readonly line: number;
  readonly fields: ReadonlyMap<string, string>;
  /** 1-based line on which the field (any case) starts, or undefined if it was not kept. */
  lineOf(name: string): number | undefined;
}

export interface ParseOptions {
  /** Named in errors. */
  readonly path?: string;
  /** Keep only these fields (lower case); the rest is skipped, which is most of the time of a Packages file. */
  readonly only?: ReadonlySet<string>;
  /** The code of errors; default RELEASE_FORMAT. */
  readonly errorCode?: ErrorCode;
}

/**
 * Gives the paragraphs of `text` one by one. Bytes are decoded in blocks, so a large file never stands in memory as
 * one string. Comment lines (`#` in column one) are skipped.
 */
export function* parseParagraphs(text: string | Uint8Array, options: ParseOptions = {}): Generator<Paragraph> {
  const scanner = createScanner(options);
  for (const block of blocksOf(text)) {
    yield* scanner.scan(block);
  }
}

/** The first paragraph of `text`; RELEASE_FORMAT if there is none. */
export function parseParagraph(text: string | Uint8Array, options: ParseOptions = {}): Paragraph {
  for (const paragraph of parseParagraphs(text, options)) return paragraph;
  throw formatError(options, 1, 'there is not a single field in it');
}

const BLOCK_BYTES = 1 << 16;

/** Cuts `text` behind empty lines into strings of about 64 KiB, so that no paragraph stands across two blocks. */
function* blocksOf(text: string | Uint8Array): Generator<string> {
  if (typeof text === 'string') {
    yield text;
    return;
  }
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  for (let start = 0; start < bytes.length; ) {
    const gap = bytes.indexOf('\n\n', start + BLOCK_BYTES);
    const end = gap < 0 ? bytes.length : gap + 2;
    yield bytes.toString('utf8', start, end);
    start = end;
  }
}

interface Open {
  line: number;
  readonly fields: Map<string, string>;
  readonly lines: Map<string, number>;
}

function createScanner(options: ParseOptions) {
  const canonicalName = nameCache(options.only);
  let lineNumber = 0;

  /** Reads lines of `block` from `from` to the end of the next paragraph; gives where it stopped. */
  function readParagraph(block: string, from: number): { readonly next: number; readonly open: Open | undefined } {
    let open: Open | undefined;
    let position = from;
    while (position < block.length) {
      const end = endOfLine(block, position);
      lineNumber++;
      if (isBlank(block, position, end)) {
        if (open !== undefined) return { next: end + 1, open };
        position = end + 1;
      } else if (block.charCodeAt(position) === HASH) {
        position = end + 1;
      } else {
        open ??= { line: lineNumber, fields: new Map(), lines: new Map() };
        position = readField(block, position, open);
      }
    }
    return { next: position, open };
  }

  function readField(block: string, start: number, open: Open): number {
    const end = endOfLine(block, start);
    const colon = block.indexOf(':', start);
    if (colon <= start || colon > end || isBlankCode(block.charCodeAt(start))) {
      const line = block.slice(start, Math.min(end, start + 60));
      throw formatError(options, lineNumber, `expected "Name: value", found "${line}"`);
    }
    const name = canonicalName(block.slice(start, colon));
    const firstLine = lineNumber;
    const valueEnd = skipContinuation(block, end);
    if (name === undefined) return valueEnd + 1;
    if (open.fields.has(name)) throw formatError(options, firstLine, `the field "${name}" stands there twice`);
    open.fields.set(name, joinLines(block.slice(colon + 1, valueEnd)));
    open.lines.set(name, firstLine);
    return valueEnd + 1;
  }

  /** From the end of a field's first line to the end of its last. */
  function skipContinuation(block: string, firstEnd: number): number {
    let end = firstEnd;
    while (end + 1 < block.length) {
      const code = block.charCodeAt(end + 1);
      const nextEnd = endOfLine(block, end + 1);
      if (code !== HASH && (!isBlankCode(code) || isBlank(block, end + 1, nextEnd))) break;
      lineNumber++;
      end = nextEnd;
    }
    return end;
  }

  return {
    *scan(block: string): Generator<Paragraph> {
      for (let position = 0; position < block.length; ) {
        const { next, open } = readParagraph(block, position);
        position = next;
        if (open !== undefined) yield toParagraph(open);
      }
    },
  };
}

function toParagraph(open: Open): Paragraph {
  return { line: open.line, fields: open.fields, lineOf: (name) => open.lines.get(name.toLowerCase()) };
}

const HASH = 0x23;

function isBlankCode(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (!isBlankCode(code) && code !== 0x0d) return false;
  }
  return true;
}

function joinLines(raw: string): string {
  if (!raw.includes('\n')) return raw.trim();
  const [first = '', ...rest] = raw.split('\n');
  const continuation = rest.filter((line) => !line.startsWith('#')).map((line) => line.slice(1).trimEnd());
  return [first.trim(), ...continuation].join('\n');
}

/** Lower-cases field names, each spelling once; undefined for fields that are not wanted. */
function nameCache(only: ReadonlySet<string> | undefined): (name: string) => string | undefined {
  const cache = new Map<string, string | undefined>();
  return (name) => {
    if (cache.has(name)) return cache.get(name);
    const lower = name.trim().toLowerCase();
    const kept = only === undefined || only.has(lower) ? lower : undefined;
    cache.set(name, kept);
    return kept;
  };
}

function formatError(options: ParseOptions, line: number, what: string): LivewrightError {
  const path = options.path ?? 'control data';
  return new LivewrightError(options.errorCode ?? 'RELEASE_FORMAT', {
    message: `${path} cannot be read: ${what}.`,
    place: { path, line },
  });
}
