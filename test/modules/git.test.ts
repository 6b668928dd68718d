import { expect } from 'chai';
import { gitArgs } from '../../src/modules/git/args.ts';
import type { Way } from '../../src/modules/git/way.ts';
import { wayTo } from '../../src/modules/git/way.ts';

function way(given: object): Way {
  return wayTo(gitArgs.parse({ dest: '/opt/a', ...given }));
}

describe('modules/git', () => {
  it('keeps the password of an address for the environment', () => {
    const { url, git, environment } = way({ repo: 'https://us%20er:p%40ss@host:8443/a.git' });
    expect(url).to.equal('https://host:8443/a.git');
    expect(git.join(' ')).to.contain('credential.helper=').and.to.not.contain('p@ss');
    expect(environment).to.include({ OMS_PLAY_GIT_USER: 'us er', OMS_PLAY_GIT_PASSWORD: 'p@ss' });
  });

  it('leaves other addresses as they are', () => {
    for (const repo of ['git@host:a.git', 'https://user@host/a.git', '/srv/a:b@c.git', 'ssh://u@h/a']) {
      expect(way({ repo })).to.deep.include({ url: repo, git: ['git'] });
    }
    expect(way({ name: '/srv/a.git' }).url).to.equal('/srv/a.git');
  });

  it('asks nobody, takes a new host only when told, and writes its key only when acting', () => {
    const plain = way({ repo: 'a', key_file: "/k'y", ssh_opts: '-p 22' });
    expect(plain.environment['GIT_SSH_COMMAND']).to.equal(
      `ssh -o BatchMode=yes -i '/k'\\''y' -o IdentitiesOnly=yes -p 22`,
    );
    expect(plain.lookEnvironment['GIT_SSH_COMMAND']).to.equal(plain.environment['GIT_SSH_COMMAND']);
    const accepting = way({ repo: 'a', accept_newhostkey: true });
    expect(accepting.environment['GIT_SSH_COMMAND']).to.not.contain('UserKnownHostsFile');
    expect(accepting.lookEnvironment['GIT_SSH_COMMAND']).to.contain('UserKnownHostsFile="/dev/null ');
    expect(accepting.environment['GIT_TERMINAL_PROMPT']).to.equal('0');
  });

  it('refuses what would be taken for an option', () => {
    for (const given of [
      { repo: '--upload-pack=x' },
      { repo: 'a', version: '-x' },
      { repo: 'a', remote: '-o' },
    ]) {
      expect(gitArgs.safeParse({ dest: '/opt/a', ...given }).success, JSON.stringify(given)).to.equal(false);
    }
  });
});
