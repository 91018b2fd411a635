import { compare } from './code/queries.ts';
import { defineCollector } from './context.ts';
import { readHistory } from '../world/git-history.ts';

export default defineCollector({
  name: 'read/history',
  needs: [],
  yields: 'history',
  run(_given, { tree }) {
    const history = readHistory(tree.root);
    if (history === null) throw new Error('there is no git repository whose history could be read');
    const own = new Set(tree.files.map(({ path }) => path));
    return {
      value: {
        commits: history.commits,
        days: Math.round((history.to - history.from) / 86_400),
        whole: history.cut === null,
        files: [...history.files]
          .filter(([path]) => own.has(path))
          .map(([path, { commits, people }]) => ({ path, commits, people }))
          .sort((a, b) => compare(a.path, b.path)),
      },
      gaps: history.cut === null ? [] : [{ file: null, reason: history.cut }],
    };
  },
});
