import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFiles } from '../../../world/folder.testing.ts';
import { findStart } from './plan.ts';
import { pythonPackages } from './python.ts';

let dir = '';
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'python-'))));
afterEach(() => rmSync(dir, { recursive: true }));

test.each([
  ['manage.py', 'from django.core.management import execute_from_command_line', 'manage.py runserver --noreload "127.0.0.1:$PORT"'],
  ['app/main.py', 'api = FastAPI(title="x")', '-m uvicorn app.main:api --host 127.0.0.1 --port "$PORT"'],
  ['app.py', 'app: Flask = Flask(__name__)', '-m flask --app app:app run --host 127.0.0.1 --port "$PORT"'],
  ['wsgi.py', 'def create_app():\n  pass', '-m flask --app wsgi:create_app run --host 127.0.0.1 --port "$PORT"'],
])('an app in %s is served', (file, text, command) => {
  writeFiles(dir, { [file]: text });
  expect(findStart(dir, undefined)).toMatchObject({ command: `exec python3 ${command}`, build: null });
  writeFiles(dir, { Procfile: 'web: gunicorn x.wsgi' });
  expect(findStart(dir, undefined).command).toBe('gunicorn x.wsgi');
});

test('its packages are known from where it names them', () => {
  writeFiles(dir, {
    'requirements.txt': 'Django>=4\n# redis\n-r base.txt\ncelery[redis]==5\n',
    'requirements-dev.txt': 'pytest\n',
    'pyproject.toml': '[project]\ndependencies = [\n  "fastapi>=0.1",\n  "redis",\n]\n[tool.poetry.dependencies]\nflask = "^2"\n',
  });
  expect([...pythonPackages(dir)]).toEqual(expect.arrayContaining(['django', 'celery', 'pytest', 'fastapi', 'redis', 'flask']));
});
