// Asks a server and holds each answer against the server's own /openapi.json.

import assert from 'node:assert/strict';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const escaped = (text) => text.replaceAll('~', '~0').replaceAll('/', '~1');

export class Witness {
  answers = 0;
  #seen = new Set();

  static async of(url) {
    const reply = await fetch(`${url}/openapi.json`);
    return new Witness(url, await reply.json());
  }

  constructor(url, document) {
    this.url = url;
    this.document = document;
    this.ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
    this.ajv.addSchema(document, 'openapi');
  }

  /**
   * Asks, and gives the body back. Without `reason` it must be done, with the `status` where one is
   * given; with it, refused for that reason, or one of those.
   */
  async ask(method, path, { token, headers = {}, body, status, reason } = {}) {
    const reply = await fetch(this.url + path, {
      method,
      headers: {
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    const media = (reply.headers.get('Content-Type') ?? '').split(';')[0];
    const said = `${method} ${path}: ${reply.status} ${media} ${text.slice(0, 400)}`;
    const json = /json$/.test(media) && !media.includes('ndjson') ? JSON.parse(text) : text;
    this.#check(this.#template(method, path), method, reply.status, media, json, said);
    if (reason === undefined) assert.ok(reply.status < 300 && (status ?? reply.status) === reply.status, said);
    else assert.ok([reason].flat().includes(json.code), `${said}, not ${reason}`);
    return json;
  }

  #template(method, path) {
    const parts = path.split('?')[0].split('/');
    const fits = (template) => {
      const names = template.split('/');
      return names.length === parts.length && names.every((name, i) => name.startsWith('{') || name === parts[i]);
    };
    const found = Object.keys(this.document.paths).filter((template) => this.document.paths[template][method.toLowerCase()] && fits(template));
    found.sort((a, b) => a.split('{').length - b.split('{').length); // What is named before what is captured.
    assert.ok(found.length > 0, `${method} ${path} is not described`);
    return found[0];
  }

  #check(template, method, status, media, body, said) {
    const { responses } = this.document.paths[template][method.toLowerCase()];
    const described = responses[status];
    assert.ok(described, `this status is not described: ${said}`);
    this.answers += 1;
    this.#seen.add(`${method.toUpperCase()} ${template} ${status < 300 ? 'done' : 'refused'}`);
    if (!described.content) return assert.equal(body, '', said);
    assert.ok(described.content[media], `this media type is not described: ${said}`);
    const place = ['paths', template, method.toLowerCase(), 'responses', String(status), 'content', media, 'schema'];
    const validate = this.ajv.getSchema(`openapi#/${place.map((part) => encodeURIComponent(escaped(part))).join('/')}`);
    assert.ok(validate(body), `${this.ajv.errorsText(validate.errors)}: ${said}`);
  }

  /** What no question has brought about: each route done, and refused where it has reasons of its own. */
  unseen() {
    const wanted = [];
    for (const [template, methods] of Object.entries(this.document.paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        const route = `${method.toUpperCase()} ${template}`;
        wanted.push(`${route} done`);
        if (Object.keys(responses).some((status) => ['401', '404', '409', '415'].includes(status))) wanted.push(`${route} refused`);
      }
    }
    return wanted.filter((one) => !this.#seen.has(one));
  }
}
