"""/openapi.json: the REST routes as OpenAPI 3.1."""
import re

TAGS = {
    "call": "Calls: make, join, follow and end them.",
    "documents": "The contract itself.",
    "instance": "For whoever runs the server.",
    "development": "Only on a development server, only for this machine.",
}
PARAMETERS = {
    "sessionId": "The call.",
    "participantId": "The participant: the user's id.",
    "inviteId": "The invite.",
    "type": "An event type, for instance `call.started`; `x` for the application's own.",
    "code": "The code of an error, for instance `token_expired`.",
}


def parameters(route):
    found = [{"name": name, "in": "path", "required": True, "description": PARAMETERS[name],
              "schema": {"type": "string"}} for name in re.findall(r"{(\w+)}", route["path"])]
    for name, schema in route.get("query", {}).items():
        rest = {key: value for key, value in schema.items() if key != "description"}
        found.append({"name": name, "in": "query", "description": schema["description"],
                      "schema": rest})
    if route.get("idempotencyKey"):
        found.append({"name": "Idempotency-Key", "in": "header",
                      "description": "The same key makes the same thing once, however often it is sent.",
                      "schema": {"type": "string", "minLength": 1, "maxLength": 128}})
    return found


def problem(catalogue, reasons):
    listed = "; ".join(f"`{reason}`: {catalogue.reasons[reason]['meaning']}" for reason in reasons)
    return {"description": listed, "content": {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}}}}


def responses(catalogue, route, general):
    reply = {"description": catalogue.replies[route["reply"]]["description"]
             if route.get("reply") in catalogue.replies else "As asked."}
    if route["status"] != 204:
        schema = ({"$ref": f"#/components/schemas/{route['reply']}"}
                  if route.get("reply") in catalogue.replies
                  else {"type": "object"} if route.get("reply") else {"type": "string"})
        reply["content"] = {}
        for media in route.get("media", ["application/json"]):
            reply["content"][media] = {"schema": {"type": "string"} if "ndjson" in media else schema}
    else:
        reply["description"] = "Done."
    found = {str(route["status"]): reply}
    reasons = route["errors"] + (general if route["access"] == "token" else ["rate_limited"])
    if "body" in route:
        reasons = ["json_invalid", "unknown_field", "missing_field", "wrong_type", *reasons]
    by_status = {}
    for reason in reasons:
        by_status.setdefault(str(catalogue.reasons[reason]["httpStatus"]), []).append(reason)
    for status in sorted(by_status):
        found[status] = problem(catalogue, by_status[status])
    return found


def operation(catalogue, route, general):
    made = {"operationId": route["operation"], "tags": [route["tag"]], "summary": route["summary"]}
    if "description" in route:
        made["description"] = route["description"]
    made["security"] = [{"bearer": []}] if route["access"] == "token" else []
    if parameters(route):
        made["parameters"] = parameters(route)
    if "body" in route:
        name = "envelope" if route["body"] == "event" else route["body"]
        made["requestBody"] = {"required": True, "content": {
            "application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}
    made["responses"] = responses(catalogue, route, general)
    return made


def document(catalogue, plain):
    paths = {}
    for route in catalogue.routes["routes"]:
        paths.setdefault(route["path"], {})[route["method"].lower()] = operation(
            catalogue, route, catalogue.routes["generalErrors"])
    schemas = {"envelope": plain(catalogue.envelope)}
    schemas.update({name: plain(schema) for name, schema in catalogue.bodies.items()})
    for name, schema in catalogue.replies.items():
        schemas[name] = rebase(plain(schema))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lifeline",
            "version": "1.0",
            "summary": "Realtime calls between people and an AI agent.",
            "description": "Every refusal is problem+json with a stable `code`; /errors/{code} "
                           "explains each. The WebSocket of a call is described in /asyncapi.json.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {
                "type": "http", "scheme": "bearer",
                "description": "An access token of a configured issuer, or an API key."}},
            "schemas": schemas,
        },
    }


def rebase(node):
    """References among the replies, as references among the components."""
    if isinstance(node, list):
        return [rebase(item) for item in node]
    if isinstance(node, dict):
        return {key: value.replace("#/$defs/", "#/components/schemas/") if key == "$ref"
                else rebase(value) for key, value in node.items()}
    return node
