import { expect, test } from 'vitest';
import { portOfCommand } from './start-port.ts';

test.each([
  ['next start -p 4002', 4002],
  ['next start --port=4002', 4002],
  ['vite preview --host 0.0.0.0 --port 5050', 5050],
  ['cross-env NODE_ENV=production PORT=8081 node dist/index.js', 8081],
  ['export PORT=7000; node server.js', 7000],
  ['pg_isready -p 5432 && node server.js', null],
  ['serve -s dist -l tcp://0.0.0.0:5000', 5000],
  ['gunicorn --bind 0.0.0.0:8000 app:app', 8000],
  ['uvicorn app.main:app --host 0.0.0.0 --port 8000', 8000],
  ['python manage.py migrate && python manage.py runserver 0.0.0.0:8000', 8000],
  ['php -S localhost:8888 -t public', 8888],
  ['next start -p $PORT', null],
  ['next start -p ${PORT:-3000}', null],
  ['node --max-old-space-size=4096 dist/main.js', null],
  ['tsc -p tsconfig.json && node dist/index.js', null],
  ['node server.js --port 99999', null],
])('%s: %s', (command, port) => {
  expect(portOfCommand(command)).toBe(port);
});
