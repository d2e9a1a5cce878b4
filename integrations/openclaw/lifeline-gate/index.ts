// Two things that only the agent's own process can do: say to Lifeline for which call and by which
// tool call of the model a tool is called (its MCP client says neither), and stop what is not
// allowed here. The gate that counts is Lifeline's: this one is gone when it is not loaded.

import { definePluginEntry } from 'openclaw/plugin-sdk/plugin-entry';

type Settings = { server?: string; allow?: string[] };

/** What becomes of one tool call: blocked, or its params with the names that Lifeline needs. */
export function judge(settings: Settings, event: any, ctx: any) {
  const prefix = `${settings.server ?? 'lifeline'}__`;
  const tool = String(event?.toolName ?? '');
  const session = String(ctx?.sessionKey ?? '');
  if (!tool.startsWith(prefix)) {
    if ((settings.allow ?? ['session_status']).includes(tool)) return undefined;
    return { block: true, blockReason: `${tool || 'this tool'} is not allowed here: act by the tools of ${prefix}*` };
  }
  // Without a call of ours there is nothing it could be done for.
  if (!session.includes(':lifeline:')) return { block: true, blockReason: 'no Lifeline call goes with this session' };
  const { _lifeline: _whatTheModelSays, ...rest } = event.params ?? {};
  return {
    params: {
      ...rest,
      _lifeline: {
        session_key: session,
        ...(ctx?.runId ? { run_id: String(ctx.runId) } : {}),
        ...(event.toolCallId ?? ctx?.toolCallId ? { tool_call_id: String(event.toolCallId ?? ctx.toolCallId) } : {}),
      },
    },
  };
}

export default definePluginEntry({
  id: 'lifeline-gate',
  name: 'Lifeline gate',
  register(api: any) {
    const settings: Settings = api.pluginConfig ?? {};
    api.on('before_tool_call', (event: any, ctx: any) => {
      try {
        return judge(settings, event, ctx);
      } catch (error) {
        return { block: true, blockReason: `the gate failed: ${String(error)}` };
      }
    });
  },
});
