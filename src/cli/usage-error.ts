/** The command line is not right: said without a stack. */
export class UsageError extends Error {}
