import type { Resolve } from '../code/modules.ts';
import type { SourceFile } from '../code/value.ts';
import { factsVersion } from '../code/facts.ts';
import type { ReadContext } from '../context.ts';
import { sha256 } from '../../world/hash.ts';
import { ascii, openPack } from '../pack.ts';
import { followed, screensOf } from './offers.ts';
import type { Offer, Offers } from './offers.ts';
import type { Screens } from './walk.ts';

/** What following the screens looked at: files, and where imports of them lead. */
interface Looked {
  readonly files: readonly string[];
  readonly imports: readonly (readonly [from: string, specifier: string])[];
}

interface Kept extends Looked {
  /** A digest of all that was seen there. */
  readonly saw: string;
  readonly offers: Omit<Offers, 'offers'> & { readonly offers: readonly (readonly [string, Offer])[] };
}

/**
 * What the screens offer, and to whom; as at the last reading where all that was looked at then is as it was. The walk is a function
 * of the roots, and of the files and imports that it asks for, so these are noted while it asks and compared before it is believed.
 */
export async function keptOffers(
  context: ReadContext,
  files: ReadonlyMap<string, SourceFile>,
  resolve: Resolve,
  calling: ReadonlySet<string>,
): Promise<Offers> {
  const { roots, screens } = screensOf(files, resolve, calling);
  const seenAt = async (looked: Looked): Promise<string> => {
    const lines = roots.map(({ path }) => path);
    for (const path of looked.files)
      lines.push(`${path} ${files.has(path) ? await context.tree.digest(path) : ''} ${screens.telling.has(path)}`);
    for (const [from, specifier] of looked.imports) lines.push(JSON.stringify([from, specifier, resolve(from, specifier)]));
    return sha256(lines.join('\n'));
  };
  const pack = openPack(context.cacheDir, `screens-${sha256(context.tree.root).slice(0, 16)}`, `${context.toolVersion}-${factsVersion}`);
  const stored = pack.get('offers');
  const kept = stored === undefined ? null : (JSON.parse(stored) as Kept);
  if (kept !== null && kept.saw === (await seenAt(kept))) return { ...kept.offers, offers: new Map(kept.offers.offers) };

  const { noting, looked } = noted(screens);
  for (const { path } of roots) noting.files.get(path);
  const offers = followed(roots, noting);
  const all = looked();
  const text: Kept = { ...all, saw: await seenAt(all), offers: { ...offers, offers: [...offers.offers] } };
  pack.put('offers', ascii(JSON.stringify(text)));
  pack.save();
  return offers;
}

/** The screens, and what is asked of them. */
function noted(screens: Screens): { noting: Screens; looked: () => Looked } {
  const files = new Set<string>();
  const imports = new Map<string, Set<string>>();
  const noting: Screens = {
    files: {
      get(path) {
        files.add(path);
        return screens.files.get(path);
      },
    },
    resolve(from, specifier) {
      const list = imports.get(from);
      if (list === undefined) imports.set(from, new Set([specifier]));
      else list.add(specifier);
      return screens.resolve(from, specifier);
    },
    telling: screens.telling,
  };
  const looked = (): Looked => ({
    files: [...files],
    imports: [...imports].flatMap(([from, specifiers]) => [...specifiers].map((specifier) => [from, specifier] as const)),
  });
  return { noting, looked };
}
