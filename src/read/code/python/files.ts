import type { SourceFile } from '../value.ts';

/** True for a path that holds Python. */
export function isPythonPath(path: string): boolean {
  return path.endsWith('.py');
}

/** True for a file that is written in Python. */
export function isPython({ path }: SourceFile): boolean {
  return isPythonPath(path);
}

/** Folders with packages of others, and what tools write. */
const foreign =
  /(^|\/)(site-packages|dist-packages|\.?v?env|\.venv[^/]*|venv[^/]*|virtualenv|__pycache__|node_modules|\.tox|\.nox|\.eggs|build|dist|vendor)\//;

/** True for Python of the application's own. */
export function isOwnPython(path: string): boolean {
  return isPythonPath(path) && !foreign.test(path) && !/_pb2(_grpc)?\.py$/.test(path);
}

/** True for code that only tests, or that only changes a schema from one version to the next. */
export function isBesidePython(path: string): boolean {
  return /(^|\/)(tests?|testing|e2e|migrations|alembic)\/|(^|\/)(test_[^/]*|[^/]*_test|conftest|tests?)\.py$/.test(path);
}
