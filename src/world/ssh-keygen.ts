import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { SeaworthyError } from '../model/errors.ts';

/** The line of the public key that belongs to an SSH key; asks ssh-keygen where no `.pub` file lies beside it. */
export async function sshPublicKey(file: string): Promise<string> {
  const beside = file.endsWith('.pub') ? file : `${file}.pub`;
  return (existsSync(beside) ? readFileSync(beside, 'utf8') : (await keygen(['-y', '-f', file], null)).toString('utf8')).trim();
}

/** A signature over bytes, in its armour. ssh-keygen asks the agent, for a passphrase or for a touch where the key wants that. */
export async function sshSign(file: string, namespace: string, message: Buffer): Promise<string> {
  return (await keygen(['-Y', 'sign', '-f', file, '-n', namespace], message)).toString('utf8');
}

/** What ssh-keygen printed. What it says on standard error goes to ours: it may ask for something. */
function keygen(args: readonly string[], input: Buffer | null): Promise<Buffer> {
  return new Promise((done, failed) => {
    const child = spawn('ssh-keygen', args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const printed: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      said.push(chunk);
      // "Signing data on standard input" and the like are no questions, but a request to touch the key is.
      if (/confirm|presence|touch/i.test(chunk.toString())) process.stderr.write(chunk);
    });
    child.once('error', (cause) =>
      failed(
        new SeaworthyError('part-missing', `Signing with an SSH key takes ssh-keygen (package openssh-client): ${cause.message}`, {
          cause,
        }),
      ),
    );
    child.once('close', (code) => {
      const why = Buffer.concat(said).toString('utf8').replace(/\s+/g, ' ').trim();
      if (code === 0) done(Buffer.concat(printed));
      else failed(new SeaworthyError('checkpoint', `ssh-keygen did not sign: ${why.slice(-300) || `it ended with ${code}`}`));
    });
    // It may end before it has read everything.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}
