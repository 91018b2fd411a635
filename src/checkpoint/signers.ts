import { SeaworthyError } from '../model/errors.ts';
import { publicKeyOf } from './public-key.ts';

/** Somebody whose key is known. */
export interface Signer {
  readonly names: readonly string[];
  /** `SHA256:...` of the key. */
  readonly id: string;
  /** The key of the tool on some machine: it keeps checkpoints and signs none off. */
  readonly tool: boolean;
  /** Only signatures from then, until then, count. */
  readonly from: Date | null;
  readonly until: Date | null;
}

/** The signers of `seaworthy.json`. Throws for a key that is none. */
export function configuredSigners(
  signers: readonly { readonly name: string; readonly key: string; readonly tool?: boolean | undefined }[],
): Signer[] {
  return signers.map(({ name, key, tool }, index) => {
    const found = publicKeyOf(key);
    if (!found)
      throw new SeaworthyError('config-invalid', `seaworthy.json: signers[${index}].key: expected a public key as ssh-keygen writes it`);
    return { names: [name], id: found.id, tool: tool === true, from: null, until: null };
  });
}

/** The name under which a file of signers lists keys of the tool. */
const toolName = 'seaworthy';

/**
 * The signers of a file in the form of OpenSSH's `allowed_signers`: names divided by commas, options, key, and a comment that counts as a
 * name too. Keys that are listed for `seaworthy` are the tool's. Throws, with the line, for what is not understood.
 */
export function allowedSigners(text: string): Signer[] {
  return text.split('\n').flatMap((raw, index): Signer[] => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const wrong = (what: string): SeaworthyError => new SeaworthyError('usage', `Line ${index + 1} of the file of signers ${what}.`);
    const match = /^((?:[^\s"]|"[^"]*")+)\s+(?:((?:[^\s"]|"[^"]*")+)\s+)??((?:ssh-|ecdsa-|sk-)\S+ \S+)(?:\s+(.*))?$/.exec(line);
    const key = publicKeyOf(match?.[3] ?? '');
    if (!match || !key) throw wrong('holds no name with a public key that is known');
    const [, names = '', options = '', , comment] = match;
    if (/[*?!]/.test(names)) throw wrong('holds a pattern; names must be written out');
    const settings = settingsOf(options);
    const stray = [...settings.keys()].find((name) => !['namespaces', 'valid-after', 'valid-before'].includes(name));
    if (stray !== undefined) throw wrong(`holds the option ${stray}, which is not known`);
    const spaces = settings.get('namespaces')?.split(',');
    if (spaces && !spaces.includes(toolName)) return [];
    const all = names.replaceAll('"', '').split(',');
    return [
      {
        names: [...all, ...(comment ? [comment.trim()] : [])],
        id: key.id,
        tool: all.includes(toolName),
        from: momentOf(settings.get('valid-after'), wrong),
        until: momentOf(settings.get('valid-before'), wrong),
      },
    ];
  });
}

/** `name` or `name="value"`, divided by commas; what is written otherwise keeps its text as the name, so that it is not known. */
function settingsOf(options: string): Map<string, string> {
  return new Map(
    (options.match(/(?:[^",]|"[^"]*")+/g) ?? []).map((one) => {
      const [, name, value] = /^([a-z-]+)="([^"]*)"$/i.exec(one) ?? [];
      return [(name ?? one).toLowerCase(), value ?? ''];
    }),
  );
}

/** `YYYYMMDD` or `YYYYMMDDHHMM[SS]`, with or without Z; taken as UTC. */
function momentOf(text: string | undefined, wrong: (what: string) => SeaworthyError): Date | null {
  if (text === undefined) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z?$/.exec(text) ?? [];
  const moment = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(moment.getTime())) throw wrong(`holds a time that is not known: ${text}`);
  return moment;
}
