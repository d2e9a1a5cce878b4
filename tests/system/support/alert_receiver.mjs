// Where alerts go: a ToolServer that is down, hangs up and forgets as it is told, and knows each alert once.

import { ToolServer } from './tool_server.mjs';

export class AlertReceiver extends ToolServer {
  /** Answers of the next requests, before all others are taken: a status, or null to hang up. */
  troubles = [];
  answer = () => {
    const trouble = this.troubles.shift();
    return trouble === undefined ? {} : trouble === null ? null : { status: trouble };
  };

  /** What was told, each id once, in the order in which it came first. */
  get told() {
    const first = new Map();
    for (const { headers, body } of this.calls)
      if (!first.has(headers['webhook-id'])) first.set(headers['webhook-id'], body);
    return [...first.values()];
  }

  of(type) {
    return this.told.filter((body) => body.type === type);
  }
}
