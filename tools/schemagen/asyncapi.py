"""/asyncapi.json: the WebSocket of a call as AsyncAPI 3. `send` is what the server sends."""

ADDRESS = "/v1/call/sessions/{sessionId}/ws"


def document(catalogue, plain):
    event = {"$ref": "#/components/schemas/event"}
    messages, listed = {}, {"client": [], "server": []}
    for side, frames in (("client", catalogue.client_frames), ("server", catalogue.server_frames)):
        for op, schema in frames.items():
            name = f"{side}.{op}"
            listed[side].append({"$ref": f"#/channels/call/messages/{name}"})
            payload = plain(schema, event)
            message = {"name": name, "title": op, "summary": schema["description"],
                       "x-stability": schema["x-lifeline"]["stability"],
                       "contentType": "application/json", "payload": payload}
            if schema.get("examples") and schema["examples"] != [{"op": op}]:
                message["examples"] = [{"payload": example} for example in schema["examples"]]
            payload.pop("examples", None)
            messages[name] = message
    return {
        "asyncapi": "3.0.0",
        "id": "urn:lifeline:v1",
        "defaultContentType": "application/json",
        "info": {
            "title": "Lifeline",
            "version": "1.0",
            "description": "One WebSocket a call: text messages, one JSON object each. An event is "
                           "delivered only after it is durable, in one order for everyone; a client "
                           "knows its own event by its eventId. docs/protocol.md tells the rest.",
            "license": {"name": "Apache-2.0",
                        "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "servers": {"lifeline": {"host": "localhost:8787", "protocol": "ws",
                                 "description": "A server on this machine; wss elsewhere."}},
        "channels": {"call": {
            "address": ADDRESS,
            "title": "A call",
            "description": "Subprotocols `lifeline.v1, auth.<token>`; `?after=SEQ&epoch=EPOCH` resumes.",
            "parameters": {"sessionId": {"description": "The call."}},
            "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            "bindings": {"ws": {"method": "GET", "query": {"type": "object", "properties": {
                "after": {"type": "integer", "minimum": 0, "description": "The last seq seen."},
                "epoch": {"type": "string", "description": "The epoch of that seq."}}}}},
        }},
        "operations": {
            "tell": {"action": "send", "channel": {"$ref": "#/channels/call"},
                     "summary": "What the server sends.", "messages": listed["server"]},
            "hear": {"action": "receive", "channel": {"$ref": "#/channels/call"},
                     "summary": "What clients send.", "messages": listed["client"]},
        },
        "components": {"messages": messages, "schemas": schemas(catalogue, plain)},
    }


def schemas(catalogue, plain):
    """The envelope once for each type, told apart by `type`."""
    envelope = plain(catalogue.envelope)
    made = {"event": {"description": envelope["description"], "oneOf": []}}
    for entry in catalogue.events:
        name = "x" if entry.name == "x.*" else entry.name
        kind = {"type": "string", "pattern": "^x\\."} if name == "x" else {"const": entry.name}
        made["event"]["oneOf"].append({"$ref": f"#/components/schemas/{name}"})
        made[name] = {**envelope, "title": entry.name, "description": entry.schema["description"],
                      "properties": {**envelope["properties"], "type": kind,
                                     "payload": {"$ref": f"#/components/schemas/{name}.payload"}}}
        made[f"{name}.payload"] = plain(entry.schema)
    return made
