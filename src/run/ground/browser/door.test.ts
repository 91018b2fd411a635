import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openDoor, type Door } from './door.ts';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** Something on loopback that says who came. */
async function listen(): Promise<number> {
  const server: Server = createServer((socket: Socket) => socket.on('error', () => {}).end(`from ${socket.remoteAddress}`));
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Asks the door for a host, byte by byte as a slow client would; what came back from there, or the door's code. */
function through(door: Door, host: string, port: number): Promise<string | number> {
  const name = Buffer.from(host, 'latin1');
  const bytes = Buffer.from([5, 1, 0, 5, 1, 0, 3, name.length, ...name, port >> 8, port & 255]);
  const socket = connect({ host: '127.0.0.1', port: door.port, noDelay: true });
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('close', () => {
      const all = Buffer.concat(chunks);
      resolve(all[3] === 0 ? all.subarray(12).toString('latin1') : (all[3] ?? -1));
    });
    void (async () => {
      for (const byte of bytes) {
        socket.write(Buffer.from([byte]));
        await new Promise((resume) => setTimeout(resume, 1));
      }
    })();
  });
}

async function doorTo(ways: Parameters<typeof openDoor>[0]): Promise<Door> {
  const door = await openDoor(ways);
  open.push(door);
  return door;
}

test('leads to the app from the actor’s address, by any name of loopback', async () => {
  const app = await listen();
  const door = await doorTo({ app, from: '127.0.9.9', outside: false });
  expect(await through(door, 'localhost', app)).toBe('from 127.0.9.9');
  expect(await through(door, '127.0.0.1', app)).toBe('from 127.0.9.9');
});

test('leads nowhere else where the outside world is not our own', async () => {
  const [app, other] = [await listen(), await listen()];
  const door = await doorTo({ app, from: '127.0.0.1', outside: false });
  expect(await through(door, 'localhost', other)).toBe(2);
  expect(await through(door, '127.0.0.1', other)).toBe(2);
  expect(await through(door, 'example.com', 443)).toBe(2);
  expect(await through(door, '93.184.216.34', 443)).toBe(2);
});

test('comes to our own outside world from the address of pages', async () => {
  const [app, other] = [await listen(), await listen()];
  const door = await doorTo({ app, from: '127.0.9.9', outside: true });
  expect(await through(door, '127.0.0.1', other)).toBe('from 127.0.0.66');
});

test('says that nobody is there', async () => {
  const door = await doorTo({ app: 1, from: '127.0.0.1', outside: false });
  expect(await through(door, 'localhost', 1)).toBe(5);
});
