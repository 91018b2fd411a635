import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Authority } from './certificates.ts';
import { keptBody, type Row } from './ledger.ts';
import { addresses, parseMessage } from './mail/message.ts';
import type { InForce } from './rules.ts';
import { keepMail, untilAny, wait, type World } from './world.ts';

const most = { line: 64 * 1024, message: 16 * 1024 * 1024, recipients: 1_000 };

/** How a mail server was reached. */
export interface Reached {
  readonly port: number;
  /** The name that it is believed to have: TLS tells later. */
  readonly name: string;
}

/** One message on its way. */
interface Transaction {
  readonly sender: string;
  readonly recipients: string[];
  readonly row: Row;
  readonly force: InForce | null;
}

/**
 * Speaks SMTP (RFC 5321) with one client: STARTTLS (RFC 3207), AUTH of any kind with any credentials (RFC 4954), PIPELINING, 8BITMIME,
 * SMTPUTF8. Every message becomes a row of the ledger, and a mail unless a rule prevents it.
 */
export function serveSmtp(world: World, authority: Authority, socket: Socket, reached: Reached): void {
  const gone = new AbortController();
  let stream: Socket = socket;
  let name = reached.name;
  let secure = socket instanceof TLSSocket;
  let rest = '';
  let message: Transaction | null = null;
  let data: string[] | null = null;
  let size = 0;
  let credentials = 0;
  let working: (() => void) | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  const say = (line: string) => void stream.write(`${line}\r\n`);
  const close = () => {
    gone.abort();
    working?.();
    if (message) world.ledger.finish(message.row, 'left');
    message = null;
  };
  const attach = (to: Socket) => {
    stream = to;
    if (to instanceof TLSSocket && typeof to.servername === 'string' && to.servername !== '') name = to.servername;
    to.on('data', (chunk: Buffer) => {
      turn = turn.then(() => take(chunk.toString('latin1'))).catch(() => stream.destroy());
    });
    to.on('error', () => to.destroy());
    to.on('close', close);
  };
  const startTls = () => {
    say('220 go ahead');
    socket.removeAllListeners('data');
    rest = '';
    secure = true;
    const SNICallback = (host: string, done: (error: null, context: ReturnType<typeof createSecureContext>) => void) => {
      name = host;
      done(null, createSecureContext(authority.leaf(host)));
    };
    attach(new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(authority.leaf(name || 'localhost')), SNICallback }));
  };
  const begin = async (line: string) => {
    world.busy.asked(socket.remotePort ?? 0);
    working = world.busy.begin();
    const url = `${secure ? 'smtps' : 'smtp'}://${name || 'localhost'}:${reached.port}`;
    const facts = {
      kind: 'mail',
      provider: 'smtp',
      method: 'MAIL',
      host: name || 'localhost',
      path: '',
      url,
      headers: {},
      body: '',
    } as const;
    const row = world.ledger.begin({ ...facts, protocol: 'smtp' });
    const force = world.rules.choose(row);
    row.rule = force?.id ?? null;
    const does = force?.rule.does?.do ?? 'normal';
    message = { sender: addresses(line)[0] ?? '', recipients: [], row, force };
    if (force && (force.rule.delayMs !== undefined || does === 'hang')) working();
    if (force?.rule.delayMs !== undefined) await wait(force.rule.delayMs, gone.signal);
    if (force && does === 'hang') await untilAny(force.removed, gone.signal);
    if (['refuse', 'unresolved', 'reset'].includes(does)) return cut();
    if (does === 'malformed') say('this is no reply');
    else say('250 2.1.0 sender ok');
  };
  const cut = () => {
    if (message) world.ledger.finish(message.row, 'cut');
    message = null;
    if (socket instanceof TLSSocket) socket.destroy();
    else socket.resetAndDestroy();
  };
  const end = (ended: Transaction, status: number, words: string) => {
    ended.row.status = status;
    say(`${status} ${words}`);
    world.ledger.finish(ended.row, 'answered');
    message = null;
    working?.();
  };
  const deliver = (done: Transaction, raw: string) => {
    const does = done.force?.rule.does;
    const parsed = parseMessage(raw, done.recipients, done.sender);
    done.row.headers = parsed.headers;
    done.row.body = Buffer.from(raw.slice(0, keptBody), 'latin1').toString('utf8');
    if (does?.do === 'answer' && does.status >= 400) {
      return end(done, does.status < 600 ? does.status : 451, typeof does.body === 'string' ? does.body : 'the proving ground answers so');
    }
    if (does?.do !== 'lie') keepMail(world.ledger, done.row, parsed);
    if (does?.do === 'lose') return cut();
    end(done, 250, `2.0.0 queued as ${done.row.seq}`);
  };

  const take = async (chunk: string): Promise<void> => {
    rest += chunk;
    for (;;) {
      const at = rest.indexOf('\n');
      if (at === -1) break;
      const line = rest.slice(0, at).replace(/\r$/, '');
      rest = rest.slice(at + 1);
      if (data) takeData(line);
      else await command(line);
      if (gone.signal.aborted) return;
    }
    if (rest.length > most.line && !data) stream.destroy();
  };
  const takeData = (line: string) => {
    if (line !== '.') {
      size += line.length;
      if (size < most.message) data?.push(line.startsWith('.') ? line.slice(1) : line);
      return;
    }
    const raw = data?.join('\r\n') ?? '';
    data = null;
    if (message && size < most.message) deliver(message, raw);
    else if (message) end(message, 552, '5.3.4 the message is too large');
  };
  const command = async (line: string): Promise<void> => {
    if (credentials > 0) {
      credentials -= 1;
      return say(credentials > 0 ? '334 UGFzc3dvcmQ6' : '235 2.7.0 welcome');
    }
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') {
      const words = [
        name || 'localhost',
        'PIPELINING',
        `SIZE ${most.message}`,
        '8BITMIME',
        'SMTPUTF8',
        ...(secure ? [] : ['STARTTLS']),
        'AUTH PLAIN LOGIN XOAUTH2 CRAM-MD5',
      ];
      return say(words.map((word, at) => `250${at === words.length - 1 ? ' ' : '-'}${word}`).join('\r\n'));
    }
    if (verb === 'AUTH') {
      const [, kind = '', initial] = line.split(' ');
      if (initial !== undefined && !/^LOGIN$/i.test(kind)) return say('235 2.7.0 welcome');
      credentials = /^LOGIN$/i.test(kind) && initial === undefined ? 2 : 1;
      return say(
        /^LOGIN$/i.test(kind)
          ? credentials === 2
            ? '334 VXNlcm5hbWU6'
            : '334 UGFzc3dvcmQ6'
          : /^CRAM/i.test(kind)
            ? '334 PDEuMUBncm91bmQ+'
            : '334 ',
      );
    }
    if (verb === 'STAR') return void (secure ? say('503 5.5.1 already') : startTls());
    if (verb === 'MAIL') return message ? say('503 5.5.1 one at a time') : begin(line);
    if (verb === 'RCPT') {
      if (!message) return say('503 5.5.1 who sends it?');
      const [to] = addresses(line.slice(4));
      if (to === undefined || message.recipients.length >= most.recipients) return say('501 5.1.3 no such address');
      message.recipients.push(to);
      return say('250 2.1.5 recipient ok');
    }
    if (verb === 'DATA') {
      if (!message || message.recipients.length === 0) return say('503 5.5.1 for whom?');
      data = [];
      size = 0;
      return say('354 go on');
    }
    if (verb === 'RSET') {
      if (message) world.ledger.finish(message.row, 'left');
      message = null;
      working?.();
      return say('250 2.0.0 forgotten');
    }
    if (verb === 'QUIT') {
      say('221 2.0.0 bye');
      stream.end();
      return;
    }
    say(['HELO', 'NOOP', 'VRFY'].includes(verb) ? '250 2.0.0 ok' : '502 5.5.1 unknown');
  };

  attach(socket);
  say(`220 ${name || 'localhost'} ESMTP proving ground`);
}
