import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from '@lezer/python';
import { linesOf } from './lines.ts';

/** A node of Python's syntax. */
export type PythonNode = SyntaxNode;

/** What the parser says about a text in Python. */
export interface ParsedPython {
  readonly root: PythonNode;
  readonly text: string;
  /** Line, counted from 1, of an offset. */
  readonly lineOf: (offset: number) => number;
  readonly lines: number;
  /** How many lines hold nothing but a comment. */
  readonly comments: number;
  /** Why the program cannot be read as it stands; null when it can. */
  readonly error: string | null;
}

/** Deeper syntax is not even walked. */
const deepest = 4000;

/** Parses Python. Keeps its own stack on the heap; throws RangeError for syntax that nests too deeply for those who walk it. */
export function parsePython(text: string): ParsedPython {
  const tree = parser.parse(text);
  const { lineOf, lines } = linesOf(text);
  const { at, comments } = survey(tree, text);
  return { root: tree.topNode, text, lineOf, lines, comments, error: at === null ? null : `syntax error on line ${lineOf(at)}` };
}

/** Where the first error stands, and how many lines are comments. */
function survey(tree: Tree, text: string): { at: number | null; comments: number } {
  let at: number | null = null;
  let comments = 0;
  let depth = 0;
  tree.iterate({
    enter(node) {
      if (++depth > deepest) throw new RangeError('nested too deeply');
      if (node.name === 'Comment' && /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', node.from) + 1, node.from))) comments++;
      if (at === null && node.type.isError && !isOurs(node.node)) at = node.from;
    },
    leave() {
      depth--;
    },
  });
  return { at, comments };
}

/** What the grammar takes for an error and is none: `yield` alone, and `20.` for a number. */
function isOurs({ parent, from, to }: PythonNode): boolean {
  if (parent === null || from !== to) return false;
  return parent.name.startsWith('Yield') || (parent.name === 'MemberExpression' && parent.firstChild?.name === 'Number');
}

/** The children of a node that mean something. */
export function childrenOf(node: PythonNode): PythonNode[] {
  const found: PythonNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== 'Comment' && !child.type.isError) found.push(child);
  return found;
}
