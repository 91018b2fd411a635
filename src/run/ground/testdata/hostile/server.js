import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { homedir } from 'node:os';

const reach = (host, port) =>
  new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) });
    socket.setTimeout(2000, () => resolve('timeout'));
    socket.on('connect', () => resolve('connected'));
    socket.on('error', (error) => resolve(error.code));
  });

/** Each does what it is told, as hard as it can, and says what came of it. */
const deeds = {
  write(path) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'was here');
    return 'written';
  },
  read: (path) => readFileSync(path, 'utf8'),
  list: (path) => readdirSync(path),
  connect: (address) => reach(address.slice(0, address.lastIndexOf(':')), address.slice(address.lastIndexOf(':') + 1)),
  outlive(seconds) {
    const child = spawn('setsid', ['sh', '-c', `trap '' TERM HUP INT; exec sleep ${seconds}`], { detached: true, stdio: 'ignore' });
    child.unref();
    return `started ${child.pid}`;
  },
  self: () => ({
    home: homedir(),
    uid: process.getuid(),
    environment: Object.keys(process.env),
    status: readFileSync('/proc/self/status', 'utf8'),
    descriptors: readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return [`${fd} ${readlinkSync(`/proc/self/fd/${fd}`)}`];
      } catch {
        return [];
      }
    }),
    processes: readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length,
  }),
};

createServer(async (request, response) => {
  const [, name, argument] = decodeURIComponent(request.url).match(/^\/(\w*)\??(.*)$/);
  let answer;
  try {
    answer = deeds[name] ? await deeds[name](argument) : null;
  } catch (error) {
    answer = error.code ?? error.message;
  }
  response.end(JSON.stringify(answer));
}).listen(process.env.PORT);
