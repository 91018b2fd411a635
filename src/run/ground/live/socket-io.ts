/**
 * What is needed of Engine.IO 4 and Socket.IO 5 to speak as a client over WebSocket: one packet a frame, text only. A first digit is
 * Engine.IO's (0 open, 2 ping, 4 message), the digit after a 4 Socket.IO's (0 connect, 2 event, 3 answer to an event, 4 refused).
 */

/** A packet from the server. */
export type Packet =
  | { readonly kind: 'open' | 'ping' | 'connected' | 'disconnected' | 'other' }
  | { readonly kind: 'refused'; readonly why: string }
  /** An event (`["name", ...]`) or the answer to one (`[...]`), as JSON. */
  | { readonly kind: 'event' | 'answer'; readonly text: string };

/** Reads one frame. Packets of other namespaces than `namespace` are `other`. */
export function readPacket(frame: string, namespace: string): Packet {
  if (frame.startsWith('0')) return { kind: 'open' };
  if (frame.startsWith('2')) return { kind: 'ping' };
  const found = /^4(\d)(?:\d+-)?(?:(\/[^,]*),)?(\d*)(.*)$/s.exec(frame);
  const [, type, named = '/', , data = ''] = found ?? [];
  if (type === undefined || named.replace(/\?.*$/, '') !== namespace) return { kind: 'other' };
  switch (type) {
    case '0':
      return { kind: 'connected' };
    case '1':
      return { kind: 'disconnected' };
    case '2':
    case '5':
      return { kind: 'event', text: data };
    case '3':
    case '6':
      return { kind: 'answer', text: data };
    case '4':
      return { kind: 'refused', why: data };
    default:
      return { kind: 'other' };
  }
}

/** Asks to be let into a namespace. */
export function connectPacket(namespace: string, auth: string): string {
  return `40${prefix(namespace)}${auth}`;
}

/** An event (`["name", ...]` as JSON) that wants an answer by this number. */
export function eventPacket(namespace: string, text: string, number: number): string {
  return `42${prefix(namespace)}${number}${text}`;
}

export const pong = '3';

function prefix(namespace: string): string {
  return namespace === '/' ? '' : `${namespace},`;
}
