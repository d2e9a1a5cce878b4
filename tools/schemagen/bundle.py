"""The documents of GET /v1/schema: schemas that stand alone, and an index of them."""
import json

from .openapi import document as openapi
from .asyncapi import document as asyncapi

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def plain(node, event=None):
    """A schema without this project's own notes. `event` stands in for what is checked as an event
    of its own."""
    if isinstance(node, list):
        return [plain(item, event) for item in node]
    if not isinstance(node, dict):
        return node
    if "x-lifeline-deferred" in node and event is not None:
        return {**event, "description": node["description"]} if "$ref" not in event else event
    return {key: plain(value, event) if key != "examples" else value for key, value in node.items()
            if key not in ("x-word", "x-lifeline", "x-lifeline-deferred", "$schema")}


def event_document(event):
    marks = {key: value for key, value in event.marks.items() if key != "invalidExamples"}
    return {"$schema": DIALECT, "$id": f"/v1/schema/{file_name(event.name)}", "x-lifeline": marks,
            **plain(event.schema)}


def file_name(name):
    return "x" if name == "x.*" else name


def index(catalogue):
    types = [{"type": event.name, "href": f"/v1/schema/{file_name(event.name)}",
              "description": event.schema["description"],
              **{key: value for key, value in event.marks.items() if key != "invalidExamples"}}
             for event in catalogue.events]
    return {"schemaVersion": "1.0", "types": types,
            "documents": {name: f"/v1/schema/{name}" for name in shared(catalogue)},
            "openapi": "/openapi.json", "asyncapi": "/asyncapi.json"}


def shared(catalogue):
    return {
        "envelope": {"$schema": DIALECT, "$id": "/v1/schema/envelope", **plain(catalogue.envelope)},
        "frames": {"$schema": DIALECT, "$id": "/v1/schema/frames",
                   "$defs": {"client": plain(catalogue.client_frames),
                             "server": plain(catalogue.server_frames)}},
        "errors": catalogue.reasons,
        "close_codes": catalogue.close_codes,
        "limits": catalogue.limits,
    }


def documents(catalogue):
    """Path below the documents' folder -> document."""
    files = {"schema/index.json": index(catalogue), "openapi.json": openapi(catalogue, plain),
             "asyncapi.json": asyncapi(catalogue, plain)}
    for event in catalogue.events:
        files[f"schema/{file_name(event.name)}.json"] = event_document(event)
    for name, document in shared(catalogue).items():
        files[f"schema/{name}.json"] = document
    return files


def write(catalogue, folder):
    files = documents(catalogue)
    for name, document in files.items():
        path, text = folder / name, json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:  # Untouched files rebuild nothing.
            path.write_text(text)
    for path in folder.rglob("*.json"):  # Of types that are no more.
        if str(path.relative_to(folder)) not in files:
            path.unlink()
