import { TransportError } from './contract.ts';
import type { Endpoint } from './endpoint.ts';

/** How far opening a connection had come when it failed. */
export type Phase = 'dial' | 'handshake' | 'login';

interface LibraryError extends Error {
  readonly level?: string;
  readonly code?: string | number;
}

/** The one place where errors of sockets and of the SSH library become ours. */
export function connectError(error: LibraryError, endpoint: Endpoint, phase: Phase): TransportError {
  if (error instanceof TransportError) return error;
  if (error.level === 'client-timeout') return timedOut(endpoint, phase);
  const code = String(error.code);
  const where = endpoint.label;
  switch (code) {
    case 'ECONNREFUSED':
      return new TransportError(
        'refused',
        `${where}: connection refused`,
        'Check that sshd runs on the node and listens on this port.',
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new TransportError(
        'unknown-host',
        `${where}: the name "${endpoint.host}" has no address (${code})`,
        'Correct the address in the inventory, or the name service of the controller.',
      );
    case 'ETIMEDOUT':
      return timedOut(endpoint, phase);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return new TransportError(
        'unreachable',
        `${where}: no route to the node (${code})`,
        'Check that the node is up and that the network and firewalls let the controller through.',
      );
    default:
      return phase === 'login' ? loginCut(error, endpoint) : handshakeCut(error, endpoint);
  }
}

/** True when the server turned the connection away before it had said who it is: worth a second try. */
export function turnedAway(error: LibraryError, phase: Phase): boolean {
  if (error.code === 'ECONNREFUSED') return true;
  const cut = error.level === 'protocol' || error.code === 'ECONNRESET' || error.code === 'EPIPE';
  return phase === 'handshake' && cut;
}

/** The error after everything to log in with was refused. */
export function authFailed(endpoint: Endpoint, tried: readonly string[]): TransportError {
  const ways = tried.length === 0 ? 'There was nothing to try' : `Tried: ${tried.join(', ')}`;
  return new TransportError(
    'auth-failed',
    `${endpoint.label}: the server does not let this user in. ${ways}.`,
    'Check ansible_user, and set ansible_ssh_private_key_file or ansible_password, or add the key to the SSH agent.',
  );
}

/** A connection that had been good is gone. */
export function lostError(endpoint: Endpoint, error: LibraryError | undefined): TransportError {
  const words = error === undefined ? 'the server closed it' : error.message;
  const why = error?.level === 'client-timeout' ? 'the node did not answer any more' : words;
  return new TransportError(
    'lost',
    `${endpoint.label}: the SSH connection was lost: ${why}`,
    'Check that the node is still up and that nothing cuts long connections.',
  );
}

function timedOut(endpoint: Endpoint, phase: Phase): TransportError {
  const waited = `within ${endpoint.connectTimeoutMs / 1000} s`;
  const what = {
    dial: `no answer ${waited}`,
    handshake: `connected, but the server did not answer in SSH ${waited}`,
    login: `connected, but the login was not finished ${waited}`,
  };
  return new TransportError(
    'timeout',
    `${endpoint.label}: ${what[phase]}`,
    'Check address and port, that the node is up, and firewalls; raise the connect timeout for a slow line.',
  );
}

function loginCut(error: LibraryError, endpoint: Endpoint): TransportError {
  return new TransportError(
    'auth-failed',
    `${endpoint.label}: the server ended the connection during the login: ${error.message}`,
    'An SSH agent with many keys meets MaxAuthTries: set ansible_ssh_private_key_file to the right key.',
  );
}

function handshakeCut(error: LibraryError, endpoint: Endpoint): TransportError {
  return new TransportError(
    'unreachable',
    `${endpoint.label}: no SSH connection: ${error.message}`,
    'Check that an SSH server listens on this port; a busy one drops connections beyond its MaxStartups.',
  );
}
