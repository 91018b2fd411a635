import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { inheritedDescriptors } from './descriptors.ts';
import { openGroundProcess } from './inside.ts';
import { serve } from './protocol.ts';

/** Entry of the ground process: speaks with the engine on file descriptor 3, and ends when the engine is gone. */
for (const fd of inheritedDescriptors()) closeSync(fd);
const line = new Socket({ fd: 3, readable: true, writable: true });
const ground = openGroundProcess();
const leave = () => void ground.close(null).finally(() => process.exit(0));
serve(line, ground, leave);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, leave);
