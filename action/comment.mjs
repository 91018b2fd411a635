/**
 * Keeps one comment on a pull request up to date: written when something blocks, written anew with every run from then on.
 * It never fails the job: the gate does that by itself. Takes GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH and GITHUB_TOKEN,
 * COMMENT (the file with the text) and CODE (what the gate ended with).
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';

/** The first line of the comment; by it, and by being a bot's, it is found again. */
const mark = '<!-- seaworthy gate -->';
/** What GitHub takes, and how many comments are looked at. */
const most = { characters: 65_000, pages: 30, each: 100 };

const { GITHUB_API_URL = 'https://api.github.com', GITHUB_REPOSITORY = '', GITHUB_EVENT_PATH = '', GITHUB_TOKEN = '' } = process.env;
const { COMMENT = '', CODE = '' } = process.env;

const say = (text) => process.stdout.write(`${text}\n`);

class Refused extends Error {
  constructor(status) {
    super(`GitHub answered ${status}`);
    this.status = status;
  }
}

async function ask(method, path, body) {
  const response = await fetch(`${GITHUB_API_URL}${path}`, {
    method,
    redirect: 'error',
    signal: AbortSignal.timeout(30_000),
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${GITHUB_TOKEN}`,
      'user-agent': 'seaworthy',
      'x-github-api-version': '2022-11-28',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Refused(response.status);
  return response.json();
}

/** The comment that an earlier run wrote. Whoever copies the mark into a comment of their own is no bot. */
async function earlier(issue) {
  for (let page = 1; page <= most.pages; page++) {
    const comments = await ask('GET', `${issue}/comments?per_page=${most.each}&page=${page}`);
    const own = comments.find(({ body, user }) => user?.type === 'Bot' && body?.startsWith(mark));
    if (own || comments.length < most.each) return own ?? null;
  }
  return null;
}

/** The text of the comment; of a gate that could not answer, that it could not. */
function textOf() {
  const text = CODE === '2' ? '' : readFileSync(COMMENT, 'utf8');
  if (!text.startsWith(mark)) return `${mark}\n### Seaworthy could not judge this change\n\nThe log of the workflow says why.\n`;
  return text.length <= most.characters ? text : `${text.slice(0, most.characters)}\n\nCut here; the report has all of it.\n`;
}

async function main() {
  const number = JSON.parse(readFileSync(GITHUB_EVENT_PATH, 'utf8')).pull_request?.number;
  if (!Number.isInteger(number) || !/^[\w.-]+\/[\w.-]+$/.test(GITHUB_REPOSITORY)) {
    say('This is no pull request: no comment.');
    return;
  }
  const repository = `/repos/${GITHUB_REPOSITORY}`;
  const body = textOf();
  const before = await earlier(`${repository}/issues/${number}`);
  if (before) {
    if (before.body.trim() !== body.trim()) await ask('PATCH', `${repository}/issues/comments/${before.id}`, { body });
    say('The comment is up to date.');
  } else if (CODE === '1') {
    await ask('POST', `${repository}/issues/${number}/comments`, { body });
    say('Wrote a comment.');
  } else say('Nothing blocks: no comment.');
}

try {
  await main();
} catch (thrown) {
  const status = thrown instanceof Refused ? thrown.status : null;
  say(
    status === 401 || status === 403 || status === 404
      ? '::notice::The comment could not be written: the token may not. Pull requests from forks get one that only reads; others need "pull-requests: write" under permissions. The answer stands in the summary.'
      : `::warning::The comment could not be written (${status ?? 'GitHub was not reached'}). The answer stands in the summary.`,
  );
}
