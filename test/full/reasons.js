/**
 * What differs in these builds beyond what `lb compat` expects of any two, each for a reason.
 * @type {readonly { list: string, names: RegExp, reason: string }[]}
 */
export const reasons = [];
