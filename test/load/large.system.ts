import { expect } from 'chai';
import { load } from './playbooks.ts';

describe('loadPlaybook', () => {
  it('loads 5,000 tasks in linear time', () => {
    const task = (i: number) =>
      `    - name: t${i}\n      file: { path: "/x/${i}", mode: "0755" }\n      when: a == ${i}\n`;
    const text = (count: number) =>
      `- hosts: all\n  tasks:\n${Array.from({ length: count }, (_, i) => task(i)).join('')}`;
    load({ 'site.yml': text(500) });
    const started = performance.now();
    const { value, problems } = load({ 'site.yml': text(5_000) });
    expect(problems).to.deep.equal([]);
    expect(value.plays[0]?.tasks).to.have.lengthOf(5_000);
    expect(performance.now() - started).to.be.lessThan(5_000);
  });
});
