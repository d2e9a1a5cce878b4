"""Loads schema/v1 and holds it against its own rules, so that every writer can trust what it reads."""
import json
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "schema" / "v1"

STREAMS = ["call", "document", "account", "instance"]


class SchemaError(Exception):
    """A file under schema/v1 breaks a rule; the message names the file and the rule."""


def load_json(path):
    def no_duplicates(pairs):
        keys = [key for key, _ in pairs]
        if len(keys) != len(set(keys)):
            raise SchemaError(f"{path}: the same key twice among {sorted(keys)}")
        return dict(pairs)

    try:
        return json.loads(path.read_text(), object_pairs_hook=no_duplicates)
    except json.JSONDecodeError as error:
        raise SchemaError(f"{path}: {error}") from error


@dataclass
class EventType:
    name: str  # "call.started"; "x.*" for the application's own
    schema: dict  # of the payload, with every $ref resolved

    @property
    def marks(self):
        return self.schema["x-lifeline"]

    @property
    def symbol(self):
        return "custom" if self.name == "x.*" else self.name.replace(".", "_")

    @property
    def stable(self):
        return self.marks["stability"] == "stable"


@dataclass
class Catalogue:
    words: dict  # as written
    resolved_words: dict
    envelope: dict
    events: list
    client_frames: dict
    server_frames: dict
    bodies: dict
    replies: dict
    routes: dict
    reasons: dict
    close_codes: dict
    limits: dict
    legacy: dict
    roles: list


def resolve(node, words, path):
    """The schema with every reference to words.json replaced by what it names. A description beside
    a $ref stands for the word's own."""
    if isinstance(node, list):
        return [resolve(item, words, path) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = node["$ref"].rpartition("#/$defs/")
        if path == "replies.json" and target[0] == "":
            return node  # Among themselves.
        if target[0] not in ("", "words.json", "../words.json") or target[2] not in words:
            raise SchemaError(f"{path}: {node['$ref']} is not a word of words.json")
        word = {"x-word": target[2], **resolve(words[target[2]], words, "words.json")}
        return {**word, **{key: value for key, value in node.items() if key != "$ref"}}
    skip = ("examples", "x-lifeline")  # Values, not schemas.
    return {key: value if key in skip else resolve(value, words, path) for key, value in node.items()}


def load_event(path, words, roles):
    schema = resolve(load_json(path), words, path)
    name = schema["title"]
    if name != ("x.*" if path.stem == "x" else path.stem):
        raise SchemaError(f"{path}: the title is {name}, the file's name is not")
    marks = schema.get("x-lifeline", {})
    for key in ("class", "streams", "publishers", "stability", "mayFollowEnd", "invalidExamples"):
        if key not in marks:
            raise SchemaError(f"{path}: x-lifeline.{key} is missing")
    check = {
        "class is durable or supersedable": marks["class"] in ("durable", "supersedable"),
        "supersedable has a supersedeKey, durable has none":
            (marks["class"] == "supersedable") == ("supersedeKey" in marks),
        "supersedeKey is a required field":
            marks.get("supersedeKey") in [None, *schema.get("required", [])],
        "stability is stable or preview": marks["stability"] in ("stable", "preview"),
        "publishers are roles": set(marks["publishers"]) <= set(roles) and marks["publishers"],
        "streams are known": set(marks["streams"]) <= set(STREAMS) and marks["streams"],
        "two valid examples or more": len(schema.get("examples", [])) >= 2,
        "two invalid examples or more": len(marks["invalidExamples"]) >= 2,
        "a description": len(schema.get("description", "")) > 20,
    }
    for rule, holds in check.items():
        if not holds:
            raise SchemaError(f"{path}: not so: {rule}")
    return EventType(name, schema)


def load_frames(sides):
    for side, frames in sides.items():
        for op, schema in frames.items():
            if schema.get("x-lifeline", {}).get("stability") not in ("stable", "preview"):
                raise SchemaError(f"frames.json: {side} {op}: x-lifeline.stability is stable or preview")
    return sides


def load(root=SCHEMA):
    words = load_json(root / "words.json")["$defs"]
    roles = words["actor"]["properties"]["kind"]["enum"]
    events = [load_event(path, words, roles) for path in sorted((root / "events").glob("*.json"))]
    events.sort(key=lambda event: (event.name == "x.*", event.name))
    names = {event.name for event in events}
    for event in events:
        for other in event.marks.get("supersededBy", []):
            if other not in names:
                raise SchemaError(f"{event.name}: supersededBy {other}, which does not exist")
    frames = load_frames(resolve(load_json(root / "frames.json"), words, "frames.json")["$defs"])
    bodies = {path.stem: resolve(load_json(path), words, path)
              for path in sorted((root / "rest").glob("*.json"))}
    return Catalogue(
        words=words,
        resolved_words={name: resolve(word, words, "words.json") for name, word in words.items()},
        envelope=resolve(load_json(root / "envelope.json"), words, "envelope.json"),
        events=events,
        client_frames=frames["client"],
        server_frames=frames["server"],
        bodies=bodies,
        replies=resolve(load_json(root / "replies.json"), words, "replies.json")["$defs"],
        routes=load_json(root / "routes.json"),
        reasons=load_json(root / "errors.json")["reasons"],
        close_codes=load_json(root / "close_codes.json")["closeCodes"],
        limits=load_json(root / "limits.json")["limits"],
        legacy=load_json(root / "legacy.json")["types"],
        roles=roles,
    )
