/** Something on the node could not be read or written; the message names the node, the path and the reason. */
export class NodeError extends Error {
  /** How to mend it. */
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'NodeError';
    this.hint = hint;
  }
}
