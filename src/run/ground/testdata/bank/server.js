import { createServer } from 'node:http';
createServer((_request, response) => response.end('{}')).listen(process.env.PORT);
