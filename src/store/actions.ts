import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { orIfAbsent } from '../errors.ts';
import { replaceFile } from './atomic.ts';
import { setAside } from './blobs.ts';
import { canonicalJson } from './canonical.ts';
import type { Layout } from './layout.ts';
import type { Staging } from './staging.ts';
import type { ActionRecord, Digest, Json } from './types.ts';

/** The record as it was put, whether or not its objects are still there. A damaged one is moved aside. */
export async function readAction(
  layout: Layout,
  key: Digest,
  warn: (message: string) => void,
): Promise<ActionRecord | undefined> {
  const path = layout.action(key);
  const text = await orIfAbsent(readFile(path, 'utf8'), undefined);
  if (text === undefined) return undefined;
  const record = parseAction(text);
  if (record?.key === key) return record;
  await setAside(path, layout, warn);
  return undefined;
}

export async function writeAction(layout: Layout, staging: Staging, record: ActionRecord): Promise<void> {
  const { key, step, result, durationMs, parts = [] } = record;
  const path = layout.action(key);
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(
    path,
    `${canonicalJson({ key, step, result, durationMs, ...(parts.length > 0 && { parts }) })}\n`,
    await staging.newPath(),
  );
}

function parseAction(text: string): ActionRecord | undefined {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== 'object' || !('result' in value)) return undefined;
  const { key, step, durationMs } = value;
  if (typeof key !== 'string' || typeof step !== 'string' || typeof durationMs !== 'number') return undefined;
  return value as unknown as ActionRecord;
}
