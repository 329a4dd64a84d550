import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const repository = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/**
 * Writes `entries` (paths in the repository, such as `src/store/local.ts`) and all they import as JavaScript below
 * `directory`, so that tests can start real processes with them: Node 20 does not run TypeScript.
 * A script in `directory` then imports `./src/store/local.js`.
 */
export async function transpileInto(directory: string, entries: readonly string[]): Promise<void> {
  const seen = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = await readFile(file, 'utf8');
    const target = join(directory, relative(repository, file).replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, transpile(source));
    for (const { fileName } of ts.preProcessFile(source).importedFiles) {
      if (fileName.startsWith('.')) await visit(resolve(dirname(file), fileName));
    }
  };
  for (const entry of entries) await visit(join(repository, entry));
  await writeFile(join(directory, 'package.json'), '{ "type": "module" }\n');
  await symlink(join(repository, 'node_modules'), join(directory, 'node_modules'));
  // mkdtemp makes directories for their owner alone; a process of another user may have to read the scripts.
  await chmod(directory, 0o755);
}

function transpile(source: string): string {
  return ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  }).outputText;
}
