// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts for sh.
/** What sh would do here, and we do not. */
export class ShellSyntaxError extends Error {
  readonly line: number;
  readonly hint: string;

  constructor(message: string, details: { readonly line: number; readonly hint: string }) {
    super(message);
    this.line = details.line;
    this.hint = details.hint;
  }
}

export interface ShellStatement {
  readonly assignments: readonly { readonly name: string; readonly value: string }[];
  readonly comment: string | undefined;
}

const nameAt = /[A-Za-z_][A-Za-z0-9_]*/y;
const assignmentHint = 'Write NAME="value", with the value in quotes.';
export const dateHint =
  'Option files are read and never run. @ISOVOLUME_TS@ in a volume name stands for the time of the build; other values are set by auto/config, which is a script.';
const neverRun = 'Option files are read and never run: write the value itself.';

/** Reads statements of a shell file that only assigns variables. Rules: POSIX.1-2024, XCU 2.2, 2.3 and 2.6.2. */
export class ShellReader {
  line = 1;
  private position = 0;
  private readonly text: string;
  private readonly lookUpOutside: (name: string) => string | undefined;
  /** What the text itself has set so far: `A=1 B="$A"` sees it already. */
  private readonly assigned = new Map<string, string>();

  constructor(text: string, lookUpOutside: (name: string) => string | undefined) {
    this.text = text;
    this.lookUpOutside = lookUpOutside;
  }

  get isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** Reads to the end of the statement: a line break outside quotes, or `;`. */
  readStatement(): ShellStatement {
    const assignments: { name: string; value: string }[] = [];
    this.skipBlanks();
    const exported = this.takeExport();
    for (;;) {
      this.skipBlanks();
      if (this.isAtEnd || this.take('\n')) return { assignments, comment: undefined };
      if ((assignments.length > 0 || exported) && this.take(';')) return { assignments, comment: undefined };
      if (this.peek() === '#') return { assignments, comment: this.takeComment() };
      const assignment = this.readAssignment(exported);
      if (assignment === undefined) continue;
      this.assigned.set(assignment.name, assignment.value);
      assignments.push(assignment);
    }
  }

  /** Goes to the line after the present one, to read on after a problem. */
  skipLine(): void {
    while (!this.isAtEnd && !this.take('\n')) this.next();
  }

  private lookUp(name: string): string | undefined {
    return this.assigned.get(name) ?? this.lookUpOutside(name);
  }

  private readAssignment(exported: boolean): { name: string; value: string } | undefined {
    const name = this.takeName();
    if (name !== undefined && this.take('=')) return { name, value: this.readValue() };
    // `export NAME` alone gives no value.
    if (name !== undefined && exported && /^[\s;]?$/.test(this.peek())) return undefined;
    const found = (name ?? '') + (/^[^\n]{0,20}/.exec(this.text.slice(this.position))?.[0] ?? '');
    throw this.problem(`Expected NAME="value", found "${found.trim()}".`, assignmentHint);
  }

  private readValue(): string {
    let value = '';
    if (this.peek() === '~') throw this.problem('Expected a value in quotes, found "~".', neverRun);
    while (!/^[\s;]?$/.test(this.peek())) value += this.readPart();
    if (this.peek() === '\r') {
      throw this.problem('The line ends with a carriage return.', 'Save the file with Unix line ends.');
    }
    return value;
  }

  private readPart(): string {
    const start = this.line;
    const char = this.next();
    if (char === "'") return this.readSingleQuoted(start);
    if (char === '"') return this.readDoubleQuoted(start);
    if (char === '\\' && this.isAtEnd) throw this.problem('The file ends in a backslash.', assignmentHint);
    if (char === '\\') return this.take('\n') ? '' : this.next();
    if (char === '$') return this.readExpansion(false);
    if (/[`&|<>()]/.test(char)) throw this.problem(`Expected a value in quotes, found "${char}".`, neverRun);
    if (char === ':' && this.peek() === '~') throw this.problem('Expected a value in quotes, found "~".', neverRun);
    return char;
  }

  private readSingleQuoted(start: number): string {
    const end = this.text.indexOf("'", this.position);
    if (end < 0) throw this.unclosed("'", start);
    let value = '';
    while (this.position < end) value += this.next();
    this.next();
    return value;
  }

  private readDoubleQuoted(start: number): string {
    let value = '';
    while (!this.take('"')) {
      if (this.isAtEnd) throw this.unclosed('"', start);
      const char = this.next();
      if (char === '$') value += this.readExpansion(true);
      else if (char === '`') throw this.problem('Expected a plain value, found a command in "`".', this.commandHint(0));
      else if (char !== '\\') value += char;
      else if (!this.take('\n')) value += /["$`\\]/.test(this.peek()) ? this.next() : char;
    }
    return value;
  }

  /** After a `$`. */
  private readExpansion(isQuoted: boolean): string {
    if (this.peek() === '(')
      throw this.problem('Expected a plain value, found a command in "$(".', this.commandHint(1));
    // $'...' and $"..." mean one thing to bash and another to dash, and live-build runs with either.
    if (!isQuoted && /["']/.test(this.peek())) throw this.problem(`Found "$${this.peek()}".`, assignmentHint);
    if (this.take('{')) return this.readBraces();
    const name = this.takeName();
    if (name !== undefined) return this.lookUp(name) ?? '';
    if (/[0-9@*#?$!-]/.test(this.peek())) throw this.problem(`Found "$${this.peek()}".`, neverRun);
    return '$';
  }

  private readBraces(): string {
    const rest = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?)-([^"'`$\\{}\n]*))?\}/.exec(this.text.slice(this.position));
    if (rest === null) throw this.problem('Expected ${NAME} or ${NAME:-value}.', neverRun);
    const [whole, name = '', colon, fallback = ''] = rest;
    this.position += whole.length;
    const value = this.lookUp(name);
    return value === undefined || (colon === ':' && value === '') ? fallback : value;
  }

  /** Nearly all who have a command in a value want the date. */
  private commandHint(skip: number): string {
    return /^\s*date\b/.test(this.text.slice(this.position + skip)) ? dateHint : neverRun;
  }

  private takeExport(): boolean {
    const found = /^export[ \t]+/.exec(this.text.slice(this.position, this.position + 80));
    this.position += found?.[0].length ?? 0;
    return found !== null;
  }

  private takeComment(): string {
    const end = this.text.indexOf('\n', this.position);
    const comment = this.text.slice(this.position + 1, end < 0 ? undefined : end);
    this.skipLine();
    return comment.trim();
  }

  private takeName(): string | undefined {
    nameAt.lastIndex = this.position;
    const name = nameAt.exec(this.text)?.[0];
    this.position += name?.length ?? 0;
    return name;
  }

  private skipBlanks(): void {
    while (/^[ \t]$/.test(this.peek()) || this.text.startsWith('\\\n', this.position)) {
      if (this.next() === '\\') this.next();
    }
  }

  private peek(): string {
    return this.text.charAt(this.position);
  }

  private take(char: string): boolean {
    if (this.peek() !== char) return false;
    this.next();
    return true;
  }

  private next(): string {
    const char = this.peek();
    this.position += 1;
    if (char === '\n') this.line += 1;
    return char;
  }

  private unclosed(quote: string, line: number): ShellSyntaxError {
    return new ShellSyntaxError(`The quote ${quote} that begins here is never closed.`, { line, hint: assignmentHint });
  }

  private problem(message: string, hint: string): ShellSyntaxError {
    return new ShellSyntaxError(message, { line: this.line, hint });
  }
}
