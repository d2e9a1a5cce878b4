"""sdk/src/contract.ts: the same contract as types, so that a wrong payload does not compile."""
import json
import re
import textwrap

from .catalogue import ROOT

FILE = ROOT / "sdk" / "src" / "contract.ts"

HEAD = """\
// Made from schema/v1 by tools/schemagen.py, with `schemagen.py typescript`; edit the
// schema instead.
//
// Types only, and three small tables that a client needs at run time. Readers take what they know
// and ignore the rest: a later server may send types, fields and words that are not here.

export const schemaVersion = '1.0';

"""

TAIL = """\
export type KnownEventType = keyof EventPayloads;
/** An application's own event type; any JSON object of at most 16 KiB is its payload. */
export type CustomEventType = `x.${string}`;
export type EventType = KnownEventType | CustomEventType;

export type PayloadOf<T extends EventType> = T extends KnownEventType
  ? EventPayloads[T]
  : Readonly<Record<string, unknown>>;

/** Every event: exactly these six keys. */
export interface Envelope<T extends EventType> {
  /** Minted by the sender, unique within the stream for ever: the dedupe key. */
  eventId: string;
  /** The stream: a call (`sess_`), a document (`doc_`), an account (`acct_`) or the instance (`sys_`). */
  sessionId: string;
  /** When it happened, as the sender claims: RFC 3339, UTC, milliseconds. */
  ts: string;
  type: T;
  payload: PayloadOf<T>;
  schemaVersion: string;
}

/** Any event; `switch (event.type)` tells the payload. */
export type LifelineEvent =
  | { [T in KnownEventType]: Envelope<T> }[KnownEventType]
  | Envelope<CustomEventType>;

"""


def quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def pascal(name):
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[._-]", name))


def comment(text, indent):
    if len(indent) + len(text) <= 93:
        return f"{indent}/** {text} */\n" if text else ""
    lines = textwrap.wrap(text, 97 - len(indent), break_long_words=False, break_on_hyphens=False)
    return f"{indent}/**\n" + "".join(f"{indent} * {line}\n" for line in lines) + f"{indent} */\n"


def union(words, lead):
    """On one line where it fits, else a word a line."""
    line = " | ".join(words)
    return line if len(lead) + len(line) < 100 else "".join(f"\n  | {word}" for word in words)


def named_words(words):
    """Words worth a name of their own: enums and objects."""
    return {name: pascal(name) for name, word in words.items()
            if "enum" in word or (word.get("type") == "object" and "properties" in word)}


class Types:
    def __init__(self, words):
        self.names = named_words(words)

    def of(self, schema, indent, top=False):
        """The type of a value."""
        if not top and schema.get("x-word") in self.names:
            return self.names[schema["x-word"]]
        if schema.get("x-lifeline-deferred"):
            return "Envelope<EventType>"
        words = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if words is not None:
            return " | ".join("null" if word is None else quote(word) for word in words)
        declared = schema.get("type")
        if declared is None:
            return "unknown"
        if isinstance(declared, list):
            rest = {**schema, "type": next(name for name in declared if name != "null")}
            return f"{self.of(rest, indent)} | null"
        if declared == "array":
            item = self.of(schema["items"], indent)
            return f"({item})[]" if " | " in item and not item.startswith("{") else f"{item}[]"
        if declared == "object":
            return self.object(schema, indent)
        return {"string": "string", "integer": "number", "number": "number",
                "boolean": "boolean"}[declared]

    def object(self, schema, indent):
        if "properties" not in schema:
            return "Record<string, unknown>"
        if not schema["properties"]:
            return "Record<string, never>"
        inner, required = indent + "  ", schema.get("required", [])
        rows = "".join(
            comment(field.get("description", ""), inner)
            + f"{inner}{name}{'' if name in required else '?'}: {self.of(field, inner)};\n"
            for name, field in schema["properties"].items())
        return f"{{\n{rows}{indent}}}"


def words_text(catalogue, types):
    text = ""
    for name, symbol in types.names.items():
        word = catalogue.resolved_words[name]
        text += comment(word["description"], "")
        if "enum" in word:
            start = f"export type {symbol} = "
            values = union([quote(value) for value in word["enum"]], start)
            text += f"{start.rstrip() if values.startswith(chr(10)) else start}{values};\n\n"
        else:
            text += f"export interface {symbol} {types.of(word, '', top=True)}\n\n"
    return text


def payloads_text(catalogue, types):
    text = "/** The payload of every event type of the catalogue. */\nexport interface EventPayloads {\n"
    for event in catalogue.events:
        if event.name == "x.*":
            continue
        preview = "" if event.stable else " (Preview: nothing emits it yet, it may still change.)"
        text += comment(event.schema["description"] + preview, "  ")
        text += f"  {quote(event.name)}: {types.object(event.schema, '  ')};\n"
    return text + "}\n\n"


def frames_text(frames, side, types):
    text, names = "", []
    for op, schema in frames.items():
        name = f"{pascal(op)}Frame"
        names.append(name)
        served = schema["x-lifeline"]["stability"] == "stable"
        text += comment(schema["description"] + ("" if served else " (Preview: not served yet.)"), "")
        text += f"export interface {name} {types.object(schema, '')}\n\n"
    union = "".join(f"\n  | {name}" for name in names)
    return f"{text}export type {side}Frame ={union};\n\n"


def tables_text(catalogue):
    reasons = "".join(f"\n  | {quote(name)}" for name in sorted(catalogue.reasons))
    retryable = "".join(f"\n  {quote(name)}," for name, reason in sorted(catalogue.reasons.items())
                        if reason["retryable"])
    codes = "".join(
        f"  {code['code']}: {{ name: {quote(name)}, reconnect: {quote(code['reconnect'])}, "
        f"resume: {json.dumps(code['resume'])} }},\n" for name, code in catalogue.close_codes.items())
    legacy = "".join(f"  {quote(old)}: {quote(new)},\n" for old, new in catalogue.legacy.items())
    return (f"/** Every reason by which the server says no; /errors/{{reason}} explains each. */\n"
            f"export type Reason ={reasons};\n\n"
            "/** Those of the moment: the very same thing may be accepted later. */\n"
            f"export const retryableReasons: ReadonlySet<string> = new Set([{retryable}\n]);\n\n"
            "/** How a WebSocket ends, and what to do next. */\n"
            f"export const closeCodes = {{\n{codes}}} as const;\n\n"
            "/** Names of the first public contract, and the types that took their place. */\n"
            f"export const legacyTypes = {{\n{legacy}}} as const;\n\n"
            "/** What an event may weigh. */\n"
            f"export const eventBytesMax = {catalogue.limits['event_bytes_max']['value']};\n"
            "export const customPayloadBytesMax = "
            f"{catalogue.limits['custom_payload_bytes_max']['value']};\n")


def text(catalogue):
    types = Types(catalogue.words)
    roles = union([quote(role) for role in catalogue.roles], "export type Role = ")
    return (HEAD + f"export type Role ={roles};\n\n" + words_text(catalogue, types)
            + payloads_text(catalogue, types) + TAIL
            + frames_text(catalogue.client_frames, "Client", types)
            + frames_text(catalogue.server_frames, "Server", types) + tables_text(catalogue))
