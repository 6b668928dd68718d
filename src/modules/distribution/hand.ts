/** How a chunk came over. `failed`: the way to the source, not the bytes. */
export type Delivery = 'good' | 'corrupt' | 'failed';

/** A node that takes part in a swarm, as the swarm sees it. Promises reject when the node is lost. */
export interface Hand {
  readonly name: string;
  /** Why neighbours cannot get anything from it; undefined: they can. */
  readonly closedDoor: string | undefined;
  /** Resolves with the reason when the node is lost to the swarm; undefined: it was closed. */
  readonly lost: Promise<Error | undefined>;
  /** Tells which chunks of an earlier try are there and right. */
  look(found: (chunk: number) => void): Promise<void>;
  /** Sends a chunk from the controller; `onSent` says how many of its bytes are on their way. */
  put(chunk: number, onSent: (bytes: number) => void): Promise<Delivery>;
  /** Has it fetch a chunk from a neighbour that it is connected to. */
  fetch(chunk: number, from: Hand): Promise<Delivery>;
  /** Lets it log in at a neighbour; the words say why it cannot. `onLost`: it could, but not any more. */
  connect(to: Hand, onLost: () => void): Promise<string | undefined>;
  /** Is told of each chunk that is there and right. */
  arrived?(chunk: number): void;
  /** Takes everything away that was put up on the node for the swarm. */
  close(): Promise<void>;
}
