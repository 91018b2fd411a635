import { createSocket } from 'node:dgram';

/** A DNS server for which every name is here. */
export interface Names {
  /** The name that was asked for last; empty when none was. */
  latest(): string;
  close(): void;
}

/** Where a name leads: to us, to an address where nobody listens, or nowhere. */
export type Lead = 'here' | 'refused' | 'nowhere';

/** Answers A questions as `leads` says of the name and the address that asks, MX with the name itself, and every other one with "no such record" (RFC 1035). */
export function openNames(host: string, port: number, leads: (name: string, asker: string) => Lead): Promise<Names> {
  const socket = createSocket('udp4');
  let latest = '';
  socket.on('message', (question, sender) => {
    const reply = answerTo(question, (name) => leads(name, sender.address));
    if (!reply) return;
    latest = reply.name;
    socket.send(reply.message, sender.port, sender.address, () => {});
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => resolve({ latest: () => latest, close: () => socket.close() }));
  });
}

const types = { address: 1, mail: 15 };
/** Our listeners are on 127.0.0.1 only: another loopback address refuses connections. */
const addresses = { here: [127, 0, 0, 1], refused: [127, 255, 255, 254] };

/** The answer to one DNS message; null when it is none. */
export function answerTo(question: Buffer, leads: (name: string) => Lead = () => 'here'): { name: string; message: Buffer } | null {
  if (question.length < 17 || question.readUInt16BE(4) < 1) return null;
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    if (length > 63 || at + length >= question.length) return null;
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  if (at + 5 > question.length) return null;
  const name = labels.join('.').toLowerCase();
  const type = question.readUInt16BE(at + 1);
  // Only the question for an address counts as a use of the name: resolvers ask several things at once.
  const lead = type === types.address ? leads(name) : 'here';
  const data =
    type === types.address && lead !== 'nowhere' ? addresses[lead] : type === types.mail && lead === 'here' ? [0, 10, 0xc0, 0x0c] : null;
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(lead === 'nowhere' ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(data ? 1 : 0, 6);
  // Time to live 0: a rule about the name must hold at once.
  const record = data ? [0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length, ...data] : [];
  return { name, message: Buffer.concat([header, question.subarray(12, at + 5), Buffer.from(record)]) };
}
