import type { NodeReader } from '../transport/node.ts';

/** The node with nothing but ways to look: in a module written in JavaScript no compiler keeps check from writing. */
export function lookOnly(node: NodeReader): NodeReader {
  return {
    name: node.name,
    address: node.address,
    region: node.region,
    scope: node.scope,
    query: (command, options) => node.query(command, options),
    readFile: (path) => node.readFile(path),
    stat: (path, options) => node.stat(path, options),
    lookUp: (path) => node.lookUp(path),
    checksum: (path) => node.checksum(path),
    openConnection: (host, port) => node.openConnection(host, port),
  };
}
