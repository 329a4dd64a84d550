import { redactEvent } from '../../events/redact.ts';
import type { Output, Reporter } from './reporter.ts';

/** The reporter for programs: each event as one line of JSON with the time it came. */
export function createJsonReporter(output: Output, now: () => Date = () => new Date()): Reporter {
  return {
    listen: (event) => {
      output.write(`${JSON.stringify({ time: now().toISOString(), ...redactEvent(event) })}\n`);
    },
    close: () => {},
    // Standard error, which a person reads, has been told nothing yet.
    hasShown: () => false,
  };
}
