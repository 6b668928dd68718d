/** What is wrong in how a command was called; the message is for the user. */
export class UsageError extends Error {}
