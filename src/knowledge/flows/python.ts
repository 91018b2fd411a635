import type { SinkKind } from '../../model/evidence/flows.ts';
import type { Family, Sink } from './sinks.ts';

// Where text becomes something that acts in Python, and what takes the sting out of it.

const sink = (kind: SinkKind, at: Sink['at'] = [0], keys?: readonly string[]): Sink =>
  keys === undefined ? { kind, at } : { kind, at, keys };

/** Where text becomes something that acts. */
export const pythonSinks: readonly Family[] = [
  { of: ['py:os'], names: 'system popen', sinks: [sink('command')] },
  { of: ['py:subprocess'], names: 'getoutput getstatusoutput', sinks: [sink('command')] },
  { of: ['py:commands'], names: 'getoutput getstatusoutput', sinks: [sink('command')] },
  { of: ['py:asyncio'], names: 'create_subprocess_shell subprocess.create_subprocess_shell', sinks: [sink('command')] },
  { of: ['py:subprocess'], names: 'run call check_call check_output Popen', sinks: [sink('program', [0, 1])] },
  { of: ['py:asyncio'], names: 'create_subprocess_exec', sinks: [sink('program')] },
  { of: ['py:builtins'], names: 'eval exec compile', sinks: [sink('code')] },
  {
    of: ['py:pickle', 'py:cPickle', 'py:dill', 'py:jsonpickle', 'py:shelve', 'py:marshal', 'py:joblib'],
    names: 'loads load decode open',
    sinks: [sink('code')],
  },
  { of: ['py:yaml'], names: 'load load_all unsafe_load full_load', sinks: [sink('code')] },
  { of: ['py:builtins', 'py:io', 'py:codecs', 'py:aiofiles'], names: 'open', sinks: [sink('file', [0], ['file'])] },
  {
    of: ['py:os'],
    names: 'open remove unlink rmdir mkdir makedirs listdir scandir walk stat path.exists path.isfile chmod removedirs',
    sinks: [sink('file')],
  },
  { of: ['py:os'], names: 'rename replace link symlink', sinks: [sink('file', [0, 1])] },
  { of: ['py:shutil'], names: 'rmtree copy copyfile copytree move copy2', sinks: [sink('file', [0, 1])] },
  { of: ['py:flask', 'py:quart'], names: 'send_file helpers.send_file', sinks: [sink('file')] },
  { of: ['py:fastapi', 'py:starlette'], names: 'responses.FileResponse', sinks: [sink('file', [0], ['path'])] },
  { of: ['py:django'], names: 'http.FileResponse', sinks: [] },
  {
    of: ['py:requests', 'py:httpx', 'py:urllib3'],
    names:
      'get post put patch delete head options Session.get Session.post Session.put Session.patch Session.delete Client.get Client.post Client.put Client.patch Client.delete AsyncClient.get AsyncClient.post AsyncClient.put AsyncClient.delete',
    sinks: [sink('address', [0], ['url'])],
  },
  {
    of: ['py:requests', 'py:httpx', 'py:urllib3'],
    names: 'request stream Session.request Client.request AsyncClient.request',
    sinks: [sink('address', [1], ['url'])],
  },
  { of: ['py:urllib'], names: 'request.urlopen request.urlretrieve request.Request', sinks: [sink('address', [0], ['url'])] },
  {
    of: ['py:aiohttp'],
    names: 'ClientSession.get ClientSession.post ClientSession.put ClientSession.delete',
    sinks: [sink('address', [0], ['url'])],
  },
  { of: ['py:flask', 'py:quart', 'py:werkzeug'], names: 'redirect utils.redirect', sinks: [sink('redirect', [0], ['location'])] },
  { of: ['py:fastapi', 'py:starlette'], names: 'responses.RedirectResponse', sinks: [sink('redirect', [0], ['url'])] },
  {
    of: ['py:django'],
    names: 'shortcuts.redirect http.HttpResponseRedirect http.HttpResponsePermanentRedirect',
    sinks: [sink('redirect')],
  },
  {
    of: ['py:flask', 'py:quart'],
    names: 'render_template_string templating.render_template_string',
    sinks: [sink('template', [0], ['source'])],
  },
  { of: ['py:jinja2'], names: 'Template Environment.from_string', sinks: [sink('template', [0], ['source'])] },
  { of: ['py:mako'], names: 'template.Template', sinks: [sink('template')] },
  { of: ['py:django'], names: 'template.Template', sinks: [sink('template')] },
  { of: ['py:markupsafe', 'py:flask', 'py:jinja2'], names: 'Markup', sinks: [sink('html')] },
  { of: ['py:django'], names: 'utils.safestring.mark_safe utils.html.mark_safe', sinks: [sink('html')] },
  { of: ['py:fastapi', 'py:starlette'], names: 'responses.HTMLResponse', sinks: [sink('html', [0], ['content'])] },
  {
    of: ['py:logging', 'py:loguru'],
    names:
      'debug info warning warn error exception critical getLogger.debug getLogger.info getLogger.warning getLogger.warn getLogger.error getLogger.exception getLogger.critical logger.debug logger.info logger.warning logger.error logger.exception logger.critical',
    sinks: [sink('log', 'all')],
  },
  { of: ['py:builtins'], names: 'print', sinks: [sink('log', 'all')] },
  { of: ['py:re'], names: 'compile match search fullmatch findall sub split', sinks: [sink('pattern')] },
];

interface Cleaning {
  readonly of: readonly string[];
  readonly names: string;
  readonly against: readonly SinkKind[] | 'all';
}

/** What takes the sting out of text. */
export const pythonSanitisers: readonly Cleaning[] = [
  {
    of: ['py:werkzeug'],
    names: 'utils.secure_filename secure_filename',
    against: ['file', 'upload-name', 'command', 'program', 'log', 'html'],
  },
  { of: ['py:werkzeug'], names: 'utils.safe_join security.safe_join', against: ['file'] },
  { of: ['py:django'], names: 'utils._os.safe_join utils.text.get_valid_filename utils.text.slugify', against: ['file', 'upload-name'] },
  { of: ['py:os'], names: 'path.basename', against: ['file', 'upload-name', 'log'] },
  { of: ['py:shlex'], names: 'quote join', against: ['command', 'program'] },
  { of: ['py:html', 'py:markupsafe', 'py:flask', 'py:bleach', 'py:nh3'], names: 'escape clean', against: ['html'] },
  {
    of: ['py:django'],
    names: 'utils.html.escape utils.html.conditional_escape utils.html.format_html utils.html.strip_tags',
    against: ['html'],
  },
  { of: ['py:urllib'], names: 'parse.quote parse.quote_plus parse.urlencode', against: ['html', 'address', 'file', 'log', 'redirect'] },
  { of: ['py:flask', 'py:quart'], names: 'url_for', against: ['redirect', 'address'] },
  { of: ['py:django'], names: 'urls.reverse', against: ['redirect', 'address'] },
  { of: ['py:re'], names: 'escape', against: ['pattern'] },
  { of: ['py:psycopg2', 'py:psycopg'], names: 'sql.Identifier sql.Literal sql.Placeholder sql.SQL.format sql.SQL.join', against: ['sql'] },
  {
    of: ['py:hashlib'],
    names: 'md5 sha1 sha256 sha512 new blake2b md5.hexdigest sha1.hexdigest sha256.hexdigest sha512.hexdigest',
    against: 'all',
  },
  { of: ['py:uuid', 'py:secrets'], names: 'uuid4 uuid1 uuid5 token_hex token_urlsafe', against: 'all' },
  { of: ['py:datetime', 'py:dateutil', 'py:decimal'], names: 'datetime.now date.today parser.parse Decimal', against: 'all' },
  { of: ['py:ast'], names: 'literal_eval', against: ['code'] },
];

/** What gives the text of its arguments on, however changed. */
export const pythonCarriers: readonly { readonly of: readonly string[]; readonly names: string }[] = [
  { of: ['py:os'], names: 'path.join path.normpath path.abspath path.realpath path.expanduser path.dirname fspath fsencode' },
  { of: ['py:pathlib'], names: 'Path PurePath' },
  { of: ['py:urllib'], names: 'parse.unquote parse.urljoin parse.unquote_plus' },
  { of: ['py:io'], names: 'StringIO BytesIO' },
  { of: ['py:textwrap'], names: 'dedent indent fill' },
  { of: ['py:markdown', 'py:markdown2', 'py:mistune'], names: 'markdown html' },
  { of: ['py:base64'], names: 'b64decode b64encode urlsafe_b64decode' },
  { of: ['py:builtins'], names: 'map filter bytes' },
];
