/** How the text of an option becomes a value and back. `format` gives what the option files hold. */
export interface ValueType<T> {
  /** What is accepted, to follow "wants": `true or false`. */
  readonly expected: string;
  /** The words there are to choose from, where they can be listed. */
  readonly choices?: readonly string[];
  /** Old words for a value of this type, and today's. */
  readonly oldWords?: Readonly<Record<string, string>>;
  /** The value is a list of words. */
  readonly isList?: true;
  /** The value, or undefined if the text is not acceptable. Text is never empty: empty means "not set". */
  parse(text: string): T | undefined;
  format(value: T): string;
}

/** `A, B or C`. */
export function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Words separated by commas or blanks: real trees use both. */
export function splitList(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

export const boolean: ValueType<boolean> = {
  expected: 'true or false',
  choices: ['true', 'false'],
  // Those of live-helper 1.0.
  oldWords: { enabled: 'true', disabled: 'false' },
  parse: (text) => (text === 'true' || text === 'false' ? text === 'true' : undefined),
  format: String,
};

/** A switch that live-build stores as `true` or as nothing. */
export const flag: ValueType<boolean> = { ...boolean, format: (value) => (value ? 'true' : '') };

export function choice<const C extends string>(...choices: readonly C[]): ValueType<C> {
  return {
    expected: orList(choices),
    choices,
    parse: (text) => choices.find((candidate) => candidate === text),
    format: (value) => value,
  };
}

/** One that may be absent, which the files spell as an empty value. */
export function optionalChoice<const C extends string>(...choices: readonly C[]): ValueType<C | ''> {
  return choice(...choices);
}

/** Some of the choices; `none` alone, if it is among the choices, is the empty list's spelling in live-build. */
export function listOf<const C extends string>(...choices: readonly C[]): ValueType<readonly C[]> {
  return {
    expected: `one or more of ${choices.join(', ')}`,
    choices,
    isList: true,
    parse: (text) => {
      const words = splitList(text).map((word) => choices.find((candidate) => candidate === word));
      const known = words.filter((word) => word !== undefined);
      return known.length === words.length && words.length > 0 ? known : undefined;
    },
    format: (value) => value.join(' '),
  };
}

export function words(expected: string, pattern: RegExp): ValueType<readonly string[]> {
  return {
    expected,
    parse: (text) => {
      const list = splitList(text);
      return list.length > 0 && list.every((word) => pattern.test(word)) ? list : undefined;
    },
    format: (value) => value.join(' '),
  };
}

export function text(expected: string, pattern: RegExp): ValueType<string> {
  return { expected, parse: (value) => (pattern.test(value) ? value : undefined), format: (value) => value };
}

/** One line of anything: names that end up in the image. */
export const line = text('one line of text', /^[^\0\r\n]*$/);

/** Options for a program or the kernel: one line; line breaks in a quoted shell string count as blanks. */
export const parameters: ValueType<string> = {
  expected: 'words separated by blanks',
  parse: (value) => (value.includes('\0') ? undefined : value.replaceAll(/[ \t]*[\r\n]+[ \t]*/g, ' ').trim()),
  format: (value) => value,
};

export function integer(expected: string, lowest: number, highest: number): ValueType<number> {
  return {
    expected,
    parse: (value) => {
      const number = /^[0-9]{1,9}$/.test(value) ? Number(value) : Number.NaN;
      return number >= lowest && number <= highest ? number : undefined;
    },
    format: String,
  };
}

/** A number that may be absent, which the files spell as an empty value. */
export function optionalInteger(expected: string, lowest: number, highest: number): ValueType<number | undefined> {
  const present = integer(expected, lowest, highest);
  return { ...present, format: (value) => (value === undefined ? '' : String(value)) };
}

// A suite is a path below dists/: `trixie`, `stable/updates`.
export const suite = text(
  'the name of a suite, such as trixie',
  /^[A-Za-z0-9][A-Za-z0-9.+_~-]*(\/[A-Za-z0-9.+_~-]+)*$/,
);

const bareUrl = text('a URL, such as http://mirror.example/debian/', /^[a-z][a-z0-9+.-]*:[^\s"\\]+$/i);

/** Blanks around it, as pasted by mistake, mean nothing in a line of apt's sources. */
export const url: ValueType<string> = { ...bareUrl, parse: (value) => bareUrl.parse(value.trim()) };

export const path = text('a path', /^[^\0\r\n]+$/);

export const packageNames = words('names of packages', /^[A-Za-z0-9^][A-Za-z0-9+.:~=/_*^-]*$/);

export const areas = words('archive areas, such as "main contrib"', /^[a-z0-9][a-z0-9+./-]*$/i);
