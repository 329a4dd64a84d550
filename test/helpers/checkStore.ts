import { createHash } from 'node:crypto';
import { createReadStream, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What is wrong with the objects of a store: blobs with another hash than their name, trees unlike their manifest. */
export async function findDamage(store: string): Promise<string[]> {
  const damage: string[] = [];
  for (const [name, path] of objects(store, 'cas')) {
    if ((await sha256(path)) !== name) damage.push(`${path} has another content than its name says`);
  }
  for (const [name, path] of objects(store, 'trees')) damage.push(...findTreeDamage(store, name, path));
  for (const [, path] of objects(store, 'ac')) JSON.parse(readFileSync(path, 'utf8'));
  return damage;
}

/** What a killed process may leave and the next one takes away; its registration below users/ waits for a purge. */
export function leftoversOf(store: string): string[] {
  return ['tmp', 'locks'].flatMap((place) => readdirSync(join(store, place)).map((name) => `${place}/${name}`));
}

/** Name and path of each. The directories are made when the first object comes. */
function objects(store: string, kind: string): [string, string][] {
  const shards = existsSync(join(store, kind)) ? readdirSync(join(store, kind)) : [];
  return shards.flatMap((shard) =>
    readdirSync(join(store, kind, shard)).map((name): [string, string] => [name, join(store, kind, shard, name)]),
  );
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function findTreeDamage(store: string, name: string, path: string): string[] {
  const manifest = join(store, 'cas', name.slice(0, 2), name);
  if (!existsSync(manifest)) return [`${path} has no manifest`];
  const rows = readFileSync(manifest, 'utf8').trimEnd().split('\n');
  const entries = rows.map((row) => JSON.parse(row) as [string, string, ...unknown[]]);
  const wanted = entries.filter(([file]) => file !== '.');
  const found = listBelow(path);
  const wrong = wanted.filter(([file, type, , , , , size]) => type === 'f' && sizeOf(join(path, file)) !== size);
  return [
    ...(found.length === wanted.length ? [] : [`${path} has ${found.length} entries, its manifest ${wanted.length}`]),
    ...wrong.map(([file]) => `${join(path, file)} has not the size that its manifest says`),
  ];
}

/** Not with `recursive`, which follows links. */
function listBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? [path, ...listBelow(path)] : [path];
  });
}

function sizeOf(path: string): number | undefined {
  try {
    return lstatSync(path).size;
  } catch {
    return undefined;
  }
}
