import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { ExecRequest } from '../../src/transport/contract.ts';
import { TaskTimeoutError, TransportError } from '../../src/transport/contract.ts';
import { script } from '../../src/transport/command.ts';
import type { ShellLink } from '../../src/transport/link.ts';
import { delayed, installShells, linkWith, openWith, withLateStderr } from './shells.ts';

function run(link: ShellLink, text: string, more: Omit<ExecRequest, 'command'> = {}) {
  return link.exec({ command: script(text), ...more });
}

async function rejection(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('was expected to fail'),
    (error: unknown) => error as Error,
  );
}

/** Argument lists of all processes of this machine. */
function commandLines(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => (existsSync(`/proc/${pid}/cmdline`) ? tryRead(`/proc/${pid}/cmdline`) : ''))
    .join('\n');
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** A process that got its signal may still be on its way out. */
async function endsSoon(pid: number): Promise<boolean> {
  for (let i = 0; i < 100 && isRunning(pid); i++) await sleep(10);
  return !isRunning(pid);
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/\) Z /.test(tryRead(`/proc/${pid}/stat`));
}

/**
 * What a long-lived shell must do, whichever shell /bin/sh is. A file for each, so that they are tried side by side.
 */
export function describeShell(name: string): void {
  const shells = installShells();
  const kind = shells.kinds.find((one) => one.name === name);
  describe('long-lived shell', () => {
    after(() => shells.close());
    if (kind === undefined) {
      it(`${name} is installed`, () => expect.fail(`./scripts/setup installs ${name}`));
      return;
    }
    describe(kind.name, () => {
      let link: ShellLink;
      beforeEach(() => (link = linkWith(openWith(kind))));
      afterEach(() => link.close());

      for (const [label, more] of [
        ['plain', {}],
        ['with a process group', { onOutput: () => undefined }],
      ] as const) {
        it(`${label}: keeps every byte of input and output`, async () => {
          const bytes = Buffer.concat([
            Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
            Buffer.alloc(100 * 1024, 'x'),
            Buffer.from('\r\n目录\x1eoms\0 no newline'),
          ]);
          const result = await run(link, 'cat; echo -n err >&2', { stdin: bytes, ...more });
          expect(result.stdout.equals(bytes)).to.equal(true);
          expect(result.stderr.toString()).to.contain('err');
          expect(result.exitCode).to.equal(0);
        });

        it(`${label}: an exit, exec, cd, set -e or syntax error ends only its own request`, async () => {
          const texts = [
            'exit 7',
            'exec false',
            'cd /; X=1; set -e; false; echo no',
            'if then ((',
            "echo 'open",
            'echo $$',
          ];
          const results = await Promise.all(texts.map((text) => run(link, text, more)));
          expect(results.map((r) => r.exitCode === 0)).to.deep.equal([
            false,
            false,
            false,
            false,
            false,
            true,
          ]);
          expect(results[0]?.exitCode).to.equal(7);
          const after = await run(link, 'pwd; echo "[$X]"', more);
          expect(after.stdout.toString()).to.equal(`${process.cwd()}\n[]\n`);
        });

        it(`${label}: reads nothing when no input is given`, async () => {
          const results = await Promise.all([
            run(link, 'cat; read x; echo "<$x>"', more),
            run(link, 'echo next', more),
          ]);
          expect(results.map((r) => r.stdout.toString())).to.deep.equal(['<>\n', 'next\n']);
        });

        it(`${label}: passes quotes, newlines, here-documents, Chinese and environment through`, async () => {
          const text = `cat <<'EOF'\nit's "$HOME" \\n 目录\nEOF\nprintf '%s|' "$A" "$B"; # end`;
          const environment = { A: `a'b"c $d\n目`, B: '' };
          const result = await run(link, text, { environment, ...more });
          expect(result.stdout.toString()).to.equal(`it's "$HOME" \\n 目录\na'b"c $d\n目||`);
          expect((await run(link, 'echo "[$A]"', more)).stdout.toString()).to.equal('[]\n');
        });

        it(`${label}: shows neither script nor input in any argument list`, async () => {
          const stdin = Buffer.from('stdin-5c1f0');
          const command = run(link, 'x=script-5c1f0; cat >/dev/null; sleep 0.25; echo done', {
            stdin,
            ...more,
          });
          await sleep(150);
          const seen = commandLines();
          expect(seen).not.to.contain('script-5c1f0');
          expect(seen).not.to.contain('stdin-5c1f0');
          expect(seen).not.to.contain(stdin.toString('base64'));
          expect((await command).stdout.toString()).to.equal('done\n');
        });
      }

      it('leaves the umask and the session as the login made them', async () => {
        const result = await run(link, 'umask');
        expect(parseInt(result.stdout.toString(), 8)).to.equal(process.umask());
      });

      it('refuses a name that is no variable before anything is sent', async () => {
        const error = await rejection(run(link, 'true', { environment: { 'A;reboot': '1' } }));
        expect(error.message).to.contain('"A;reboot"');
        expect((await run(link, 'echo fine')).stdout.toString()).to.equal('fine\n');
      });

      it('streams output while it comes, whole characters only', async () => {
        const seen: { text: string; at: number }[] = [];
        const started = performance.now();
        await run(link, `printf '\\347\\233'; sleep 0.1; printf '\\256\\345\\275\\225'; echo e >&2`, {
          onOutput: (stream, text) =>
            seen.push({ text: `${stream}:${text}`, at: performance.now() - started }),
        });
        expect(seen.filter((s) => s.text.startsWith('stdout')).map((s) => s.text).join('')).to.equal('stdout:目录'); // prettier-ignore
        const live: number[] = [];
        const begun = performance.now();
        await run(link, 'echo a; sleep 0.2; echo b', {
          onOutput: () => live.push(performance.now() - begun),
        });
        expect((live[1] ?? 0) - (live[0] ?? 0)).to.be.greaterThan(100);
        expect(live).to.have.length(2);
      });

      it('a time limit ends the whole process group and gives what was said', async () => {
        const error = await rejection(
          run(link, 'echo "$$"; sleep 61 & echo "$!"; sleep 62', { timeoutMs: 120 }),
        );
        expect(error).to.be.instanceOf(TaskTimeoutError);
        const pids = (error as TaskTimeoutError).stdout.toString().trim().split('\n').map(Number);
        expect(pids).to.have.length(2);
        expect(await Promise.all(pids.map(endsSoon))).to.deep.equal([true, true]);
        expect((await run(link, 'echo still here')).stdout.toString()).to.equal('still here\n');
      });

      it('the clock of a limit starts when the command begins, not when it is asked for', async () => {
        const results = await Promise.all([
          run(link, 'sleep 0.3'),
          run(link, 'echo quick', { timeoutMs: 200 }),
        ]);
        expect(results[1].stdout.toString()).to.equal('quick\n');
      });

      const ignoring = kind === shells.kinds[0] ? `trap '' TERM; ` : '';
      it(`interrupt ends what runs${ignoring && ', even when it ignores TERM,'} and what waits is never run`, async () => {
        let pid = 0;
        const running = rejection(
          run(link, `${ignoring}echo $$; sleep 63`, { onOutput: (_, text) => (pid = Number(text)) }),
        );
        const trace = join(tmpdir(), `oms-play-trace-${process.pid}`);
        const waiting = rejection(run(link, `touch ${trace}`));
        while (pid === 0) await sleep(10);
        await link.interrupt();
        for (const error of [await running, await waiting]) {
          expect(error).to.be.instanceOf(TransportError);
          expect((error as TransportError).kind).to.equal('interrupted');
        }
        expect(await endsSoon(pid)).to.equal(true);
        expect(existsSync(trace)).to.equal(false);
        expect((await run(link, 'echo again')).stdout.toString()).to.equal('again\n');
      });

      it('interrupt ends a command whose beginning has not been heard of yet', async () => {
        // The line is slow: the command runs on the node before its process group is known here.
        const far = linkWith(delayed(openWith(kind), 100));
        const trace = join(tmpdir(), `oms-play-began-${process.pid}-${kind.name.replaceAll(' ', '-')}`);
        try {
          await run(far, 'true');
          const running = rejection(run(far, `echo $$ > ${trace}; sleep 64`, { onOutput: () => undefined }));
          while (!existsSync(trace) || tryRead(trace) === '') await sleep(5);
          const pid = Number(tryRead(trace));
          await far.interrupt();
          expect(((await running) as TransportError).kind).to.equal('interrupted');
          expect(await endsSoon(pid)).to.equal(true);
        } finally {
          await far.close();
          rmSync(trace, { force: true });
        }
      });

      it('an interrupt while the shell opens stops what was asked', async () => {
        const errors = ['sleep 64', 'echo'].map((text) => rejection(run(link, text)));
        await link.interrupt();
        for (const error of await Promise.all(errors)) expect(error).to.include({ kind: 'interrupted' });
      });

      it('20 requests in flight take about one round trip', async () => {
        const far = linkWith(delayed(openWith(kind), 25));
        await run(far, 'true');
        const started = performance.now();
        const texts = Array.from({ length: 20 }, (_, i) => run(far, `echo ${i}`));
        const results = await Promise.all(texts);
        const took = performance.now() - started;
        await far.close();
        expect(results.map((r) => Number(r.stdout.toString()))).to.deep.equal([...Array(20).keys()]);
        expect(took).to.be.lessThan(600);
      });

      it('a look that ended well does not wait for stderr; all else does', async () => {
        const late = linkWith(withLateStderr(openWith(kind), 300));
        await run(late, 'true');
        const timed = async (text: string, direct: boolean) => {
          const started = performance.now();
          const { stdout, stderr } = await run(late, text, { direct });
          return { words: `${String(stdout)}|${String(stderr)}`, waited: performance.now() - started > 250 };
        };
        expect(await timed('echo a', true)).to.deep.equal({ words: 'a\n|', waited: false });
        expect(await timed('echo b; echo no >&2; false', true)).to.deep.equal({
          words: 'b\n|no\n',
          waited: true,
        });
        expect(await timed('echo c; echo no >&2', false)).to.deep.equal({ words: 'c\n|no\n', waited: true });
        // The stderr of one that was not waited for is not taken for the next one's.
        const [, next] = await Promise.all([timed('echo old >&2', true), timed('echo new >&2', false)]);
        expect(next.words).to.equal('|new\n');
        await late.close();
      });

      it('large output does not take more than its share of time', async () => {
        const started = performance.now();
        const result = await run(link, 'head -c 20000000 /dev/zero');
        expect(result.stdout.length).to.equal(20_000_000);
        expect(performance.now() - started).to.be.lessThan(2000);
      });

      it('a shell that dies fails what is in flight as lost, and the next request gets a new one', async () => {
        const results = await Promise.all([
          rejection(run(link, 'kill -9 $$')),
          rejection(run(link, 'echo lost')),
        ]);
        expect(results.map((e) => (e as TransportError).kind)).to.deep.equal(['lost', 'lost']);
        expect((await run(link, 'echo new')).stdout.toString()).to.equal('new\n');
      });

      it('a command with a process group cannot end the shell', async () => {
        const result = await run(link, 'kill -9 $$', { onOutput: () => undefined });
        expect(result.exitCode).to.equal(137);
        expect((await run(link, 'echo here')).stdout.toString()).to.equal('here\n');
      });
    });
  });
}
