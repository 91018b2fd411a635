const { createServer } = require('node:http');
const { connect } = require('node:net');

/** Says one command to Redis, as its protocol has it, and gives the first line of the answer. */
const ask = (words) =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(process.env.QUEUE_REDIS_URL);
    const socket = connect({ host: hostname, port });
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      resolve(chunk.toString().trim());
      socket.destroy();
    });
    socket.write(`*${words.length}\r\n${parts.join('')}`);
  });

createServer((request, response) => {
  const done = (value) => response.end(JSON.stringify(value));
  if (request.url === '/environment') return done(process.env);
  const [, verb = 'PING', ...words] = decodeURIComponent(request.url).split('/');
  ask([verb || 'PING', ...words]).then(done, (error) => done(error.message));
}).listen(process.env.PORT);
