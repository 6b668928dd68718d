import { createHash } from 'node:crypto';
import type { Masker } from '../model/masker.ts';
import { openAge } from './age.ts';
import { openAnsible } from './ansible.ts';
import { vaultFormat } from './format.ts';
import type { Keyring } from './keyring.ts';
import type { VaultKey } from './key.ts';
import type { Opened } from './opened.ts';

/** What reads files sees of the vault: no waiting, no keys. */
export interface VaultReader {
  /** undefined: it is not open yet; {@link Vault.unlock} opens it, then reading has to begin again. */
  open(ciphertext: string): Opened | undefined;
  /** Takes what came out, so that it is masked wherever it would be shown. */
  readonly masker: Masker;
}

const NO_KEY =
  'It is encrypted, and no key was given: use --vault-identity FILE, --vault-password-file FILE or --ask-vault-pass.';

/** Opens what is encrypted, each text once. */
export class Vault implements VaultReader {
  readonly masker: Masker;
  readonly #keyring: Keyring;
  readonly #opened = new Map<string, Opened>();
  readonly #waiting = new Map<string, string>();

  constructor(keyring: Keyring, masker: Masker) {
    this.#keyring = keyring;
    this.masker = masker;
  }

  open(ciphertext: string): Opened | undefined {
    const id = createHash('sha256').update(ciphertext.trim()).digest('base64');
    const opened = this.#opened.get(id);
    if (opened === undefined) this.#waiting.set(id, ciphertext);
    return opened;
  }

  /** Opens all that was asked for since; false when that is nothing. */
  async unlock(): Promise<boolean> {
    if (this.#waiting.size === 0) return false;
    const keys = await this.#keyring.keys();
    for (const [id, ciphertext] of this.#waiting) {
      const opened: Opened = this.#keyring.isEmpty
        ? { kind: 'wrong-key', words: NO_KEY }
        : await openText(ciphertext, keys);
      this.#opened.set(id, opened);
    }
    this.#waiting.clear();
    return true;
  }
}

/** Opens a text of either format; never throws, whatever the text is. */
export async function openText(ciphertext: string, keys: readonly VaultKey[]): Promise<Opened> {
  const format = vaultFormat(ciphertext);
  if (format === 'ansible') return openAnsible(ciphertext, keys);
  if (format === 'age') return openAge(ciphertext, keys);
  const words = 'It is not encrypted: neither age (-----BEGIN AGE ENCRYPTED FILE-----) nor $ANSIBLE_VAULT.';
  return { kind: 'damaged', words };
}
