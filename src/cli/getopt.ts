// The parser lives in config/, which reads argv as one of its layers and may not import from here.
export { type OptionSyntax, type ParsedArguments, type ParsedOption, parseArguments } from '../config/getopt.ts';
