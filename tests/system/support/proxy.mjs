// A proxy of the system's packages, started with the recipe that is handed out: only its ports, its idle
// timeout and, where its lines for TLS are switched on, its certificate are others.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './certificate.mjs';
import { lastingPort } from './lasting_port.mjs';

export const idleSeconds = 6;

const recipes = new URL('../../../deploy/proxies/', import.meta.url);

// nginx's recipe is one file of many; this is the one that includes it, of a process of its own.
const nginxMain = (folder) => `daemon off;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  include ${folder}/nginx.conf;
}
`;

export const kinds = {
  nginx: {
    recipe: 'nginx.conf',
    start: (folder) => {
      writeFileSync(join(folder, 'main.conf'), nginxMain(folder));
      return ['nginx', '-p', folder, '-c', join(folder, 'main.conf')];
    },
    reload: (proxy) => proxy.signal('SIGHUP'),
    withTls: (recipe, { certificate, key }) =>
      recipe
        .replace('    listen 8080;\n', '')
        .replace('# listen 443 ssl;', 'listen 8080 ssl;')
        .replace(/# (ssl_certificate +)\S+;/, `$1${certificate};`)
        .replace(/# (ssl_certificate_key +)\S+;/, `$1${key};`),
  },
  haproxy: {
    recipe: 'haproxy.cfg',
    start: (_, recipe) => ['haproxy', '-W', '-f', recipe],
    reload: (proxy) => proxy.signal('SIGUSR2'),
    withTls: (recipe, { both }) =>
      recipe
        .replace('    bind :8080\n', '')
        .replace(/# bind :443 ssl crt \S+/, `bind :8080 ssl crt ${both}`),
  },
  // Gets its certificate for a name by itself, from somebody who has to reach it by that name: not here.
  caddy: {
    recipe: 'Caddyfile',
    start: (_, recipe) => ['caddy', 'run', '--adapter', 'caddyfile', '--config', recipe],
    reload: (proxy) =>
      execFileSync(
        'caddy',
        ['reload', '--force', '--adapter', 'caddyfile', '--config', proxy.recipe],
        { stdio: 'ignore', env: proxy.env },
      ),
  },
};

const opens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });

export class Proxy {
  #process = null;
  log = '';

  /** `tls`: with the recipe's lines for it, and a certificate of its own, `ca`. */
  constructor(name, upstream, { tls = false } = {}) {
    this.kind = kinds[name];
    this.tls = tls;
    this.upstream = upstream;
    this.folder = mkdtempSync(join(tmpdir(), 'lifeline-proxy-'));
    this.recipe = join(this.folder, this.kind.recipe);
    this.env = { ...process.env, HOME: this.folder, XDG_DATA_HOME: this.folder };
  }

  get url() {
    return `${this.tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  #written() {
    const recipe = readFileSync(new URL(this.kind.recipe, recipes), 'utf8');
    if (!this.tls) return recipe;
    const [certificate, key, both] = ['certificate', 'key', 'both'].map((name) => join(this.folder, `${name}.pem`));
    makeCertificate(certificate, key, 'calls.example.com');
    this.ca = readFileSync(certificate, 'utf8');
    writeFileSync(both, this.ca + readFileSync(key, 'utf8'));
    return this.kind.withTls(recipe, { certificate, key, both });
  }

  /** Resolves when it takes connections; a second time on the same port. */
  async start() {
    if (!this.port) {
      this.port = await lastingPort();
      const here = { 8080: this.port, 8787: this.upstream, 2019: await lastingPort(), '60s': `${idleSeconds}s` };
      writeFileSync(this.recipe, this.#written().replace(/8080|8787|2019|60s/g, (there) => here[there]));
    }
    const [program, ...words] = this.kind.start(this.folder, this.recipe);
    const child = spawn(program, words, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: this.env,
      detached: true, // With its workers, so that a kill is theirs, too.
    });
    this.#process = child;
    child.stderr.on('data', (bytes) => (this.log = (this.log + bytes).slice(-20_000)));
    const ended = new Promise((_, reject) =>
      child.once('exit', () => reject(new Error(`${program} ended:\n${this.log}`))),
    );
    const listens = (async () => {
      while (!(await opens(this.port))) await new Promise((resolve) => setTimeout(resolve, 20));
    })();
    ended.catch(() => {});
    await Promise.race([listens, ended]);
  }

  signal(name) {
    this.#process.kill(name);
  }

  reload() {
    this.kind.reload(this);
  }

  async stop(signal = 'SIGTERM') {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
    await gone;
  }

  async close() {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
