import { existsSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { installByApt } from '../../scripts/apt.mjs';
import { say } from '../../scripts/project.mjs';
import { scratchFolder } from '../scratch.mjs';
import { onCore, startProcess } from '../server.mjs';
import { serverCore } from './measure.mjs';
import { eventOf, everySecond } from './ticks.mjs';

const nginx = '/usr/sbin/nginx';
const nchanModule = '/usr/lib/nginx/modules/ngx_nchan_module.so';
const isHere = () => existsSync(nginx) && existsSync(nchanModule);

/** nginx takes no port 0. Between the look and the start another process could take it; then this run says so. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * One worker, as every other server here is one process. What is not set is as Debian and nchan have it.
 * Connections are twice the clients: nginx begins to close some when only a sixteenth is free.
 */
function configuration({ folder, port, connections }) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ');
  return `
load_module ${nchanModule};
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
pid ${folder}/nginx.pid;
error_log stderr crit;
worker_processes 1;
events { worker_connections ${connections}; }
http {
  access_log off;
  ${temporary}
  server {
    listen 127.0.0.1:${port};
    location = /events { nchan_subscriber eventsource; nchan_channel_id bench; nchan_subscriber_first_message newest; }
    location = /publish { nchan_publisher http; nchan_channel_id bench; }
  }
}
`;
}

/** Publishes over HTTP, as nchan is used; from the load generator's core, between two bursts of reading. */
function publishEverySecond(url) {
  const agent = new Agent({ keepAlive: true });
  const headers = { 'Content-Type': 'text/plain', 'X-EventSource-Event': 'cpu' };
  const stop = everySecond((tick) => {
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => answer.resume());
    asked.once('error', () => {});
    asked.end(eventOf(tick).data);
  });
  return () => {
    stop();
    agent.destroy();
  };
}

async function answers(url) {
  const until = performance.now() + 10_000;
  while (performance.now() < until) {
    const ok = await fetch(url, { method: 'POST', body: '{}' }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    await wait(50);
  }
  throw new Error('nginx does not answer');
}

export async function installNchan() {
  if (!isHere()) await installByApt(['nginx', 'libnginx-mod-nchan'], say);
}

/** nginx with nchan. Throws where it is not installed. */
export async function startNchan({ clients }) {
  if (!isHere()) throw new Error('nginx and libnginx-mod-nchan are not installed');
  const folder = scratchFolder();
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration({ folder, port, connections: clients * 2 + 500 }));
  const { pid, stop } = startProcess(onCore(serverCore, [nginx, '-p', folder, '-c', file]), {
    asGroup: true,
  });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/publish`).catch(async (error) => {
    await stop();
    throw error;
  });
  const stopPublishing = publishEverySecond(`${url}/publish`);
  return {
    url,
    pid,
    path: '/events',
    async stop() {
      stopPublishing();
      await stop();
    },
  };
}
