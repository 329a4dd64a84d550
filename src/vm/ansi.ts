// Control sequences (ECMA-48): CSI, then OSC and the other strings up to their terminator, then two-byte escapes.
const sequences = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]/g;
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/g;
const unfinished = /\u001b(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001b]*|[ -/]*)?$/;

/** What a person would read: without colours, cursor movements, titles and other control characters. */
export function stripAnsi(text: string): string {
  return text.replace(sequences, '').replace(controls, '');
}

/** Splits a stream's newest text before an escape sequence that is still to be completed by what follows. */
export function splitUnfinished(text: string): readonly [complete: string, rest: string] {
  const at = text.search(unfinished);
  // A lone escape that never becomes a sequence must not hold back the stream for ever.
  return at < 0 || text.length - at > 256 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}
