import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Compiles what the command line needs, without checking types, into a new directory beside copies of `bin/` and
 * `package.json`; so the real program can be started as a user does, whatever state `dist/` is in.
 */
export function compileProgram(extra: Readonly<Record<string, string>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'lb-program-'));
  cpSync(join(root, 'bin'), join(directory, 'bin'), { recursive: true });
  cpSync(join(root, 'package.json'), join(directory, 'package.json'));
  cpSync(join(root, 'share/hooks'), join(directory, 'share/hooks'), { recursive: true });
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter(isWanted);
  for (const path of sources) compile(path, readFileSync(join(root, 'src', path), 'utf8'), directory);
  for (const [path, text] of Object.entries(extra)) compile(path, text, directory);
  return directory;
}

function isWanted(path: string): boolean {
  return (
    path.endsWith('.ts') &&
    !/\.test(ing)?\.ts$/.test(path) &&
    /^(errors\.ts|plan\/stageParts\.ts|(cli|events|config)\/)/.test(path)
  );
}

function compile(path: string, text: string, directory: string): void {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
    fileName: path,
  });
  const target = join(directory, 'dist', path.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, outputText);
}
