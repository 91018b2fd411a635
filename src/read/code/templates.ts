import type { ReadContext } from '../context.ts';

/** A place in a template file where a value is written out without being escaped. */
export interface Unescaped {
  readonly file: string;
  readonly line: number;
  readonly engine: string;
  /** The name of the value in the data that the template is given, and what is below it: `user.bio`. */
  readonly path: readonly string[];
}

const largest = 500_000;
/** How each engine writes a value as it is. */
const engines: readonly { readonly ending: RegExp; readonly name: string; readonly raw: RegExp }[] = [
  { ending: /\.ejs$|\.html\.ejs$/, name: 'ejs', raw: /<%-\s*([^%]+?)\s*[-_]?%>/g },
  { ending: /\.(pug|jade)$/, name: 'pug', raw: /!\{\s*([^}]+?)\s*\}|^[\w.#()-]*!=\s*(.+)$/gm },
  { ending: /\.(hbs|handlebars|mustache)$/, name: 'handlebars', raw: /\{\{\{\s*([^}]+?)\s*\}\}\}|\{\{&\s*([^}]+?)\s*\}\}/g },
  { ending: /\.(njk|nunjucks)$/, name: 'nunjucks', raw: /\{\{-?\s*([^}]+?)\s*\|\s*safe\s*-?\}\}/g },
];
/** What templates write out of other templates, which is escaped there. */
const own = /^(include|partial|body|content|yield|layout|block|contentFor|defineContent|JSON|csrf|script|style|await|>)\b|\(/;

/** The places in the template files of a tree where values are written out as they are. */
export async function unescapedIn({ tree }: ReadContext): Promise<Unescaped[]> {
  const found: Unescaped[] = [];
  for (const { path, bytes } of tree.files) {
    const engine = engines.find(({ ending }) => ending.test(path));
    if (engine === undefined || bytes > largest) continue;
    const text = (await tree.read(path)).toString('utf8');
    for (const match of text.matchAll(engine.raw)) {
      const written = (match[1] ?? match[2] ?? '').trim();
      if (own.test(written) || !/^[A-Za-z_$][\w$.]*$/.test(written)) continue;
      const names = written.replace(/^(locals|this)\./, '').split('.');
      found.push({ file: path, line: text.slice(0, match.index).split('\n').length, engine: engine.name, path: names });
    }
  }
  return found;
}

/** True when a name given to `render` means a template file: `users/profile` is `views/users/profile.ejs`. */
export function isView(file: string, view: string): boolean {
  const plain = file.replace(/\.[^./]+$/, '');
  const name = view.replace(/^\.?\//, '').replace(/\.(ejs|pug|jade|hbs|handlebars|mustache|njk|nunjucks|html)$/, '');
  return plain === name || plain.endsWith(`/${name}`);
}
