import { expect } from 'chai';
import { didYouMean, suggest } from '../../src/diagnostics/suggest.ts';

describe('suggest', () => {
  const words = ['when', 'command', 'register', 'directory', 'template'];

  it('finds what a typist meant', () => {
    expect(suggest('whne', words)).to.equal('when');
    expect(suggest('comand', words)).to.equal('command');
    expect(suggest('direktory', words)).to.equal('directory');
    expect(suggest('REGISTER', words)).to.equal('register');
  });

  it('finds nothing where nothing is near', () => {
    expect(suggest('zzzzzz', words)).to.equal(undefined);
    expect(suggest('x', [])).to.equal(undefined);
    expect(didYouMean('zzzzzz', words)).to.equal('');
  });

  it('says it as a question', () => {
    expect(didYouMean('whne', words)).to.equal(' Did you mean "when"?');
  });
});
