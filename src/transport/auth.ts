import { readFile } from 'node:fs/promises';
import type { AuthHandlerMiddleware, AuthenticationType, ParsedKey, Prompt } from 'ssh2';
import type { Secret } from '../model/secret.ts';
import { carefulAgent } from './agent.ts';
import { TransportError } from './contract.ts';
import type { Endpoint } from './endpoint.ts';

type Loaded =
  { readonly key: ParsedKey } | { readonly problem: 'missing' | 'locked' | 'bad'; readonly detail: string };

/** Private keys of the controller, each read and decrypted once for all nodes. */
export class KeyRing {
  readonly #keys = new Map<string, Promise<Loaded>>();

  load(path: string, passphrase: Secret | undefined): Promise<Loaded> {
    const id = `${path}\0${passphrase?.reveal() ?? ''}`;
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const loading = loadKey(path, passphrase);
    this.#keys.set(id, loading);
    return loading;
  }
}

/** The ways to log in at one endpoint, in OpenSSH's order, and what became of them. */
export interface LoginPlan {
  readonly handler: AuthHandlerMiddleware;
  /** The ways that were tried so far, in words. */
  tried(): readonly string[];
  /** A key file that was asked for and could not be used. */
  readonly badKey: TransportError | undefined;
}

interface Way {
  readonly words: string;
  readonly method: AuthenticationType;
  readonly attempt: object;
  readonly skip?: () => boolean;
}

/** Throws TransportError `bad-key-file` when the key asked for is of no use and nothing else could stand in. */
export async function loginPlan(
  endpoint: Endpoint,
  keys: KeyRing,
  agentSocket: string | undefined,
): Promise<LoginPlan> {
  const username = endpoint.user;
  const { ways, badKey } = await keyWays(endpoint, keys);
  const agent = endpoint.useAgent ? agentSocket : undefined;
  if (agent !== undefined && agent !== '') {
    ways.push({
      words: 'the keys of the SSH agent',
      method: 'publickey',
      attempt: { type: 'agent', username, agent: await carefulAgent(agent) },
    });
  }
  if (endpoint.password !== undefined) ways.push(...passwordWays(username, endpoint.password));
  if (badKey !== undefined && ways.length === 0) throw badKey;
  const tried: string[] = [];
  let next = 0;
  const handler = (
    left: readonly string[] | null,
    _partial: boolean | null,
    use: (a: unknown) => void,
  ): void => {
    while (next < ways.length) {
      const way = ways[next++];
      if (way === undefined || way.skip?.() === true || (left !== null && !left.includes(way.method)))
        continue;
      tried.push(way.words);
      return use(way.attempt);
    }
    use(false);
  };
  return { handler: handler as unknown as AuthHandlerMiddleware, tried: () => tried, badKey };
}

async function keyWays(
  endpoint: Endpoint,
  keys: KeyRing,
): Promise<{ ways: Way[]; badKey: TransportError | undefined }> {
  const ways: Way[] = [];
  let badKey: TransportError | undefined;
  for (const { path, asked } of endpoint.keyFiles) {
    const loaded = await keys.load(path, endpoint.privateKeyPassphrase);
    if ('key' in loaded) {
      const attempt = { type: 'publickey', username: endpoint.user, key: loaded.key };
      ways.push({ words: `the key ${path}`, method: 'publickey', attempt });
    } else if (asked) badKey ??= badKeyFile(endpoint, path, loaded);
  }
  return { ways, badKey };
}

function badKeyFile(
  endpoint: Endpoint,
  path: string,
  loaded: { readonly problem: 'missing' | 'locked' | 'bad'; readonly detail: string },
): TransportError {
  const hints = {
    missing: 'Correct ansible_ssh_private_key_file, or make the file readable for you.',
    locked:
      'Give its passphrase in ansible_ssh_private_key_passphrase, or add the key to an SSH agent (ssh-add).',
    bad: 'Name the private key in OpenSSH or PEM form (not the .pub file).',
  };
  const message = `${endpoint.label}: the key file ${path} cannot be used: ${loaded.detail}`;
  return new TransportError('bad-key-file', message, hints[loaded.problem]);
}

async function loadKey(path: string, passphrase: Secret | undefined): Promise<Loaded> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return {
      problem: 'missing',
      detail: code === 'ENOENT' ? 'there is no such file' : `it is unreadable (${code})`,
    };
  }
  const { default: ssh2 } = await import('ssh2');
  const parsed = ssh2.utils.parseKey(bytes, passphrase?.reveal());
  if (!(parsed instanceof Error)) {
    const key = Array.isArray(parsed) ? (parsed[0] as ParsedKey) : parsed;
    return key.isPrivateKey() ? { key } : { problem: 'bad', detail: 'it is a public key' };
  }
  // ssh2 gives these no code, only words.
  if (!/encrypted|passphrase|decrypt|integrity/i.test(parsed.message)) {
    return { problem: 'bad', detail: 'it is no private key that can be read' };
  }
  const detail =
    passphrase === undefined ? 'it is encrypted and no passphrase is given' : 'its passphrase is wrong';
  return { problem: 'locked', detail };
}

function passwordWays(username: string, password: Secret): Way[] {
  const prompter = { answered: false };
  const keyboard = { type: 'keyboard-interactive', username, prompt: answerPrompt(password, prompter) };
  const plain = { type: 'password', username, password: password.reveal() };
  return [
    { words: 'the password (keyboard-interactive)', method: 'keyboard-interactive', attempt: keyboard },
    // The same wrong password twice would bring the account nearer to being locked.
    { words: 'the password', method: 'password', attempt: plain, skip: () => prompter.answered },
  ];
}

type PromptArguments = [
  name: string,
  instructions: string,
  language: string,
  prompts: readonly Prompt[],
  finish: (answers: readonly string[]) => void,
];

function answerPrompt(password: Secret, prompter: { answered: boolean }): (...args: PromptArguments) => void {
  return (...[, , , prompts, finish]) => {
    const [only] = prompts;
    const suits =
      prompts.length === 1 && only !== undefined && only.echo !== true && asksForPassword(only.prompt);
    const answer = suits && !prompter.answered;
    prompter.answered ||= answer;
    finish(answer ? [password.reveal()] : prompts.map(() => ''));
  };
}

function asksForPassword(prompt: string): boolean {
  return /password|passphrase|密码|密碼|口令/i.test(prompt) && !/one[- ]?time|otp|token|new /i.test(prompt);
}
