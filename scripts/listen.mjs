import { createServer } from 'node:net';
import { Stop } from './project.mjs';

/** After a restart every open page comes back at once; more of them may queue than Node.js's 511. */
const backlog = 4_096;

/** Listens and gives the port. Throws a one-line `Stop` where the address cannot be had. */
export async function listen(server, { host, port }) {
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  }).catch((error) => {
    throw new Stop(refusal(error, { host, port }));
  });
  return server.address().port;
}

/** Tries the address and lets it go, so that a taken port is told before a build and not after it. */
export async function requireFree(address) {
  const server = createServer();
  await listen(server, address);
  await new Promise((resolve) => server.close(resolve));
}

/** Why the system refused an address, and what to do, in one line. */
export function refusal({ code, message }, { host, port }) {
  const other = port >= 1024 && port < 65_535 ? port + 1 : 3000;
  const advice = `npm start -- --port ${other} (or PORT=${other} npm start)`;
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is taken; choose another: ${advice}`;
  if (code === 'EACCES') return `Port ${port} of ${host} is not open to this user; choose another: ${advice}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `HOST: got ${JSON.stringify(host)}, which is no address of this machine`;
  }
  return `Cannot listen on port ${port} of ${host}: ${message}`;
}
