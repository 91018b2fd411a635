import { all, library } from './types.ts';
import type { Library } from './types.ts';

const ws = library(['ws'], {
  WebSocketServer: { means: 'live-server', returns: 'Server' },
  Server: { means: 'live-server', returns: 'Server' },
  ...all('live-on', 'Server.on Server.once'),
  'Server.handleUpgrade': { means: 'live-upgrade' },
  ...all('live-message', 'Socket.on Socket.once'),
  'Socket.send': { means: 'live-send' },
  ...all('live-close', 'Socket.close Socket.terminate Raw.destroy Raw.end'),
});
const io = library(['socket.io'], {
  default: { means: 'live-server', returns: 'Server' },
  Server: { means: 'live-server', returns: 'Server' },
  'Server.of': { means: 'live-namespace', returns: 'Namespace' },
  ...all('live-on', 'Server.on Namespace.on Server.sockets.on'),
  ...all('live-use', 'Server.use Namespace.use'),
  ...all('live-message', 'Socket.on Socket.once'),
  ...all('live-send', 'Socket.emit Socket.send Server.emit Namespace.emit'),
  'Socket.disconnect': { means: 'live-close' },
});
/** `app.ws(...)` is Express's own method then; the package only adds it. */
const expressWs = library(['express-ws'], { default: { means: 'live-app', result: 'argument' } });

/** Connections that stay open. */
export default [ws, io, expressWs] satisfies Library;
