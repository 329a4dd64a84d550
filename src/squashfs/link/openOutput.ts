import { type FileHandle, open, stat } from 'node:fs/promises';
import { orIfAbsent } from '../../errors.ts';
import { refuseLink } from './refuseLink.ts';

/** Opens the image for writing; never an object, which would be lost before it is copied. */
export async function openOutput(output: string, objects: readonly string[]): Promise<FileHandle> {
  const identityOf = async (path: string) => {
    const stats = await orIfAbsent(stat(path, { bigint: true }), undefined);
    return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
  };
  const own = await identityOf(output);
  for (const object of objects) {
    if (own === undefined || own !== (await identityOf(object))) continue;
    throw refuseLink(`${output} is to be written, and is also one of the objects.`, { output, object });
  }
  const handle = await orIfAbsent(open(output, 'w'), undefined);
  if (handle === undefined) throw refuseLink(`The directory of ${output} is not there.`, { output });
  return handle;
}
