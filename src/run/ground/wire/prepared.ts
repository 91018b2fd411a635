import { MalformedStream, type Message } from './framer.ts';
import { type Bound, bindTexts, BodyReader, readBind, readParse } from './messages.ts';
import type { Column } from './types.ts';

/** What a Parse message made, and what Describe told of it. */
export interface Prepared {
  text: string;
  types: number[];
  columns: Column[] | null;
}

/** What a Bind message made of a prepared statement. */
export interface Portal {
  statement: Prepared;
  bound: Bound;
  binds: (string | null)[] | null;
  columns: Column[] | null;
}

/** Bounds that only a hostile app reaches. */
const maxRemembered = 64 * 1024 * 1024;
const maxPortals = 10_000;
/** What an entry costs beside its text, roughly. */
const overhead = 200;

/** The prepared statements and portals of one connection by name; `''` is the unnamed one. */
export class Names {
  readonly #statements = new Map<string, Prepared>();
  readonly #portals = new Map<string, Portal>();
  readonly #maxCell: number;
  #remembered = 0;

  constructor(maxCell: number) {
    this.#maxCell = maxCell;
  }

  statement(name: string): Prepared | null {
    return this.#statements.get(name) ?? null;
  }

  portal(name: string): Portal | null {
    return this.#portals.get(name) ?? null;
  }

  /** Parse. Throws {@link MalformedStream}, also when there is too much to remember. */
  parse(body: Buffer): Prepared {
    const parsed = readParse(body);
    const prepared = { text: parsed.text, types: parsed.types, columns: null };
    this.#forget(parsed.name);
    this.#remembered += parsed.text.length + overhead;
    if (this.#remembered > maxRemembered) throw new MalformedStream('too many prepared statements to remember');
    this.#statements.set(parsed.name, prepared);
    return prepared;
  }

  /** Bind. Throws {@link MalformedStream}, also when there is too much to remember. */
  bind(message: Message): Portal {
    const bound = readBind(message.body, message.length > message.body.length);
    const statement = this.#statements.get(bound.statement) ?? { text: '', types: [], columns: null };
    const portal = { statement, bound, binds: null, columns: null };
    if (bound.portal !== '' && this.#portals.size > maxPortals) throw new MalformedStream('too many portals to remember');
    this.#portals.set(bound.portal, portal);
    return portal;
  }

  /** Close. */
  close(body: Buffer): void {
    const reader = new BodyReader(body);
    if (reader.byte() === 0x53) this.#forget(reader.text());
    else this.#portals.delete(reader.text());
  }

  /** A simple query: the unnamed ones are gone. */
  dropUnnamed(): void {
    this.#forget('');
    this.#portals.delete('');
  }

  /** The binds of a portal as text, with the parameter types as far as they are known by now. */
  bindsOf(portal: Portal): (string | null)[] {
    portal.binds ??= bindTexts(portal.bound, portal.statement.types, this.#maxCell);
    return portal.binds;
  }

  #forget(name: string): void {
    const known = this.#statements.get(name);
    if (known === undefined) return;
    this.#remembered -= known.text.length + overhead;
    this.#statements.delete(name);
  }
}

/** Columns of a portal: as it was described, else as its statement was, with the formats that Bind asked for. */
export function columnsOf(portal: Portal | null): Column[] {
  if (portal === null) return [];
  if (portal.columns === null && portal.statement.columns !== null) {
    const formats = portal.bound.resultFormats;
    portal.columns = portal.statement.columns.map((column, index) => {
      const format = formats[formats.length === 1 ? 0 : index] === 1 ? 1 : 0;
      return column.format === format ? column : { ...column, format };
    });
  }
  return portal.columns ?? [];
}
