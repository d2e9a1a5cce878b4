/**
 * Faults on purpose, for whoever tests against a Lifeline server or is one's client: a proxy that
 * resets, stalls, splits, delays, swallows, doubles and kills where rules say so. For Node.
 *
 *     const proxy = await FaultProxy.open({ target: 'http://127.0.0.1:8787' });
 *     proxy.add({ do: 'rst', when: { direction: 'down', type: 'transcript.final' } });
 *     const call = await createCall({ baseUrl: proxy.url, getToken });
 *
 * @module
 */
export { control } from './control.js';
export type { Head } from './head.js';
export type { Clock } from './pipe.js';
export { FaultProxy, type Happening, type ProxyOptions } from './proxy.js';
export { readRules, type Fault, type Rule, type When } from './rules.js';
