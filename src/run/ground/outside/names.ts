import { createSocket } from 'node:dgram';

/** A DNS server for which every name is here. */
export interface Names {
  /** Names that were asked for, each once. */
  asked(): string[];
  close(): void;
}

/** Answers every A question with 127.0.0.1 and every other one with "no such record" (RFC 1035). */
export function openNames(host: string, port: number): Promise<Names> {
  const socket = createSocket('udp4');
  const asked = new Set<string>();
  socket.on('message', (question, sender) => {
    const reply = answerTo(question);
    if (!reply) return;
    if (asked.size < 10_000) asked.add(reply.name);
    socket.send(reply.message, sender.port, sender.address, () => {});
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => resolve({ asked: () => [...asked], close: () => socket.close() }));
  });
}

/** The answer to one DNS message; null when it is none. */
export function answerTo(question: Buffer): { name: string; message: Buffer } | null {
  if (question.length < 17 || question.readUInt16BE(4) < 1) return null;
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    if (length > 63 || at + length >= question.length) return null;
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  if (at + 5 > question.length) return null;
  const isAddress = question.readUInt16BE(at + 1) === 1;
  const header = Buffer.alloc(12);
  question.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(isAddress ? 1 : 0, 6);
  const record = Buffer.from([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
  const message = Buffer.concat([header, question.subarray(12, at + 5), ...(isAddress ? [record] : [])]);
  return { name: labels.join('.').toLowerCase(), message };
}
