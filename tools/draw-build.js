// Draws docs/images/build.svg, the picture of a build in the README, from a recorded build.
//
//   lb build --json >build.jsonl
//   npm run build && node tools/draw-build.js build.jsonl >docs/images/build.svg
//
// The picture plays faster than the build ran, and says so by nothing but the clock in it.
import { readFileSync } from 'node:fs';
import { readEventLog, replay } from '../dist/cli/reporters/replay.js';
import { renderSvg } from '../dist/cli/reporters/svg.js';

const [logPath, columnsText = '92', rowsText = '18'] = process.argv.slice(2);
if (logPath === undefined) {
  console.error('Usage: node tools/draw-build.js LOG [COLUMNS [ROWS]] >PICTURE.svg');
  process.exit(2);
}

const frameCount = 40;
const playMs = 12_000;
const holdMs = 6_000;
const columns = Number(columnsText);
const rows = Number(rowsText);

const events = readEventLog(readFileSync(logPath, 'utf8'));
const endMs = events.at(-1)?.atMs ?? 0;
const atMs = Array.from({ length: frameCount }, (_, at) => Math.round((endMs * (at + 1)) / frameCount));
const frames = replay(events, { columns, rows, atMs }).map(({ lines }, at) => ({
  lines,
  showMs: at === frameCount - 1 ? holdMs : playMs / frameCount,
}));
process.stdout.write(renderSvg(frames, { columns, rows, command: 'lb build' }));
