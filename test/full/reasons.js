/**
 * What differs in these builds beyond what `lb compat` expects of any two, each for a reason. With `version`: in builds of
 * that live-build alone.
 * @type {readonly { list: string, names: RegExp, reason: string, version?: string }[]}
 */
export const reasons = [
  {
    ...{ list: 'Boot menus', names: /: Verify integrity of the boot medium$/, version: '20230502' },
    reason: "live-build 20230502 has no such entry, trixie's has it",
  },
  {
    ...{ list: 'Boot menus', names: /fail-safe mode/, version: '20230502' },
    reason: "live-build 20230502 has `nolapic` among the parameters, trixie's has not",
  },
];
