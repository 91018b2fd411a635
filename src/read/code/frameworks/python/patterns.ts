import type { Machine } from '../../machine.ts';
import { memberOfModule } from '../../python/imported.ts';
import { pathText } from '../../paths.ts';
import type { SourceFile, Value } from '../../value.ts';
import { argument } from '../../python/arguments.ts';
import { below } from './paths.ts';

/** A view under its path, as the patterns of Django put it there. */
export interface Pattern {
  readonly path: string;
  readonly view: Value;
  readonly file: SourceFile;
}

/** A router of Django REST framework below a path. */
export interface RouterAt {
  readonly path: string;
  readonly router: Extract<Value, { k: 'inst' }>;
  readonly file: SourceFile;
}

/** Collects the patterns of a file and of those that it includes. */
export class Patterns {
  readonly found: Pattern[] = [];
  readonly routers: RouterAt[] = [];
  /** Files that another one includes. */
  readonly included = new Set<SourceFile>();
  private readonly machine: Machine;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** What a file's `urlpatterns` say. */
  ofFile(file: SourceFile, at: string, depth = 0): void {
    if (depth > 8 || this.found.length > 20_000) return;
    this.each(memberOfModule(this.machine, file, 'urlpatterns'), file, at, depth);
  }

  private each(value: Value, file: SourceFile, at: string, depth: number): void {
    if (depth > 12) return;
    const inner = (one: Value) => this.each(one, file, at, depth + 1);
    switch (value.k) {
      case 'arr':
        value.items.forEach(inner);
        break;
      case 'either':
        value.of.forEach(inner);
        break;
      case 'guarded':
        inner(value.of);
        break;
      case 'tpl':
        value.holes.forEach(inner);
        break;
      case 'inst':
        this.router(value, file, at);
        break;
      case 'result':
        if (/#(urls\.path|urls\.re_path|conf\.urls\.(url|re_path)|urls\.url)$/.test(value.symbol)) this.pattern(value, file, at, depth);
        else if (/i18n_patterns|format_suffix_patterns|#urls\.include$/.test(value.symbol)) value.args.forEach(inner);
        break;
    }
  }

  private pattern(value: Extract<Value, { k: 'result' }>, file: SourceFile, at: string, depth: number): void {
    const route = argument(value.args, 0, value.symbol.endsWith('.path') ? 'route' : 'regex');
    const view = argument(value.args, 1, 'view');
    if (route === undefined || view === undefined) return;
    const text = pathText(route);
    const path = below(at, value.symbol.endsWith('.path') ? asPath(text) : fromPattern(text));
    if (view.k === 'result' && /#(urls|conf\.urls)\.include$/.test(view.symbol)) this.include(view.args[0], file, path, depth);
    else if (view.k === 'arr' || view.k === 'mod') this.include(view, file, path, depth);
    else this.found.push({ path: path === '' ? '/' : path, view, file });
  }

  private include(what: Value | undefined, file: SourceFile, at: string, depth: number): void {
    if (what === undefined) return;
    if (what.k === 'lit' && typeof what.v === 'string') {
      const target = this.machine.resolve(file.path, what.v);
      const next = 'file' in target ? this.machine.files.get(target.file) : undefined;
      if (next !== undefined) this.enter(next, at, depth);
    } else if (what.k === 'mod') this.enter(what.file, at, depth);
    else if (what.k === 'arr' && what.items[0]?.k === 'arr') this.each(what.items[0], file, at, depth + 1);
    else this.each(what, file, at, depth + 1);
  }

  private enter(file: SourceFile, at: string, depth: number): void {
    this.included.add(file);
    this.ofFile(file, at, depth + 1);
  }

  /** `router.urls` */
  private router(value: Extract<Value, { k: 'inst' }>, file: SourceFile, at: string): void {
    const router = value.on;
    if (router?.k === 'inst' && value.symbol.endsWith('.urls') && /#(Router|NestedRouter)$/.test(router.symbol))
      this.routers.push({ path: at, router, file });
  }
}

/** `users/<int:id>/` as `/users/:id/`. */
function asPath(text: string): string {
  return `/${text.replace(/<(?:\w+:)?(\w+)>/g, ':$1')}`;
}

/** `^users/(?P<id>\d+)/$` as `/users/:id/`. */
export function fromPattern(text: string): string {
  let plain = text.replace(/^\^/, '').replace(/\$$/, '').replace(/\\Z$/, '').replace(/\/\?$/, '/');
  for (let before = ''; before !== plain;) {
    before = plain;
    plain = plain.replace(/\(\?P<(\w+)>(?:[^()]|\\.)*\)/, ':$1');
  }
  let number = 0;
  plain = plain.replace(/\((?!\?)(?:[^()]|\\.)*\)/g, () => `:arg${++number}`);
  return `/${plain.replace(/\\([./-])/g, '$1')}`;
}
