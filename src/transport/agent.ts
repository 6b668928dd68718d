import type { BaseAgent, IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';

const NO_SIGNATURE = Buffer.alloc(64);

/**
 * The SSH agent at a socket. ssh2 ends the whole connection when an agent is gone or refuses to sign; with
 * this one that counts as having no (such) key, and the next way to log in is tried.
 */
export async function carefulAgent(socket: string): Promise<BaseAgent> {
  const { default: ssh2 } = await import('ssh2');
  class CarefulAgent extends ssh2.OpenSSHAgent {
    override getIdentities(callback: IdentityCallback<ParsedKey>): void {
      super.getIdentities((error, keys) => callback(null, error ? [] : keys));
    }

    override sign(
      key: ParsedKey | Buffer | string,
      data: Buffer,
      options?: SigningRequestOptions | SignCallback,
      callback?: SignCallback,
    ): boolean {
      const [signing, done] = typeof options === 'function' ? [{}, options] : [options, callback];
      return super.sign(key, data, signing, (error, signature) =>
        done?.(null, error ? NO_SIGNATURE : signature),
      );
    }
  }
  return new CarefulAgent(socket);
}
