import { readFile, writeFile } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import { orIfAbsent } from '../../errors.ts';
import { stripAnsi } from '../../vm/ansi.ts';
import type { BootVerdict } from '../../vm/verdict.ts';
import { readVersion } from '../version.ts';
import { renderPage } from './page.ts';
import type { BootFiles, Shown, TestRun } from './types.ts';

/** Writes `report.html` into the directory: one file with all in it, to be sent to somebody. Returns its path. */
export async function writeReport(directory: string, run: TestRun): Promise<string> {
  const shown = new Map<BootVerdict, BootFiles>();
  for (const verdict of run.tried.flatMap(({ verdict }) => powerOns(verdict))) {
    shown.set(verdict, await readBootFiles(verdict));
  }
  const showAll = (verdict: BootVerdict): Shown[] =>
    powerOns(verdict).map((each) => ({ verdict: each, files: shown.get(each) ?? { serialLines: [] } }));
  const versions = { livewright: readVersion(), node: process.version, kernel: release() };
  const path = join(directory, 'report.html');
  await writeFile(path, renderPage(run, { showAll, versions }));
  return path;
}

function powerOns(verdict: BootVerdict): readonly BootVerdict[] {
  return [...(verdict.earlier ?? []), verdict];
}

async function readBootFiles({ screenshots, serialLog }: BootVerdict): Promise<BootFiles> {
  const [menu, end, serial] = await Promise.all([
    readPicture(screenshots.menu),
    readPicture(screenshots.end),
    orIfAbsent(readFile(serialLog, 'utf8'), ''),
  ]);
  return { ...(menu ? { menu } : {}), ...(end ? { end } : {}), serialLines: toLines(serial) };
}

async function readPicture(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const bytes = await orIfAbsent(readFile(path), undefined);
  return bytes && `data:image/png;base64,${bytes.toString('base64')}`;
}

/**
 * What a terminal would show in the end: a line that was written over counts as its last version, and so does systemd's
 * walking star, which is drawn anew twice a second.
 */
export function toLines(serial: string): string[] {
  const lines = stripAnsi(serial).replace(/\r+\n/g, '\n').trimEnd().split('\n');
  const shown = lines.map((line) => line.split('\r').filter(Boolean).at(-1)?.trimEnd() ?? '');
  return shown.filter((line, index) => !(isStar(line) && isStar(shown[index + 1] ?? '')));
}

function isStar(line: string): boolean {
  return /^M?\[[ *]+\] .*(?:running|stop) \(/.test(line);
}
