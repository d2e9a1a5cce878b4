"""JSON Schema -> the flat rules that the C++ checker walks (src/contract/rule.h).

Only the keywords below may be used. Whatever else stands in a schema stops the build, because the
checker would not hold anyone to it.
"""
from dataclasses import dataclass, field

from .catalogue import SchemaError

NOTES = {"$schema", "title", "description", "examples", "x-lifeline", "x-word", "default"}
KEYWORDS = {
    "any": set(),
    "object": {"type", "properties", "required", "additionalProperties", "oneOf", "maxProperties"},
    "array": {"type", "items", "minItems", "maxItems"},
    "text": {"type", "enum", "const", "pattern", "format", "minLength", "maxLength"},
    "integer": {"type", "minimum", "maximum"},
    "number": {"type", "minimum", "maximum"},
    "boolean": {"type"},
    "deferred": {"type", "x-lifeline-deferred"},
}
INTEGER_MAX = 2**53
UNLIMITED = 2**63 - 1


@dataclass(frozen=True)
class Rule:
    kind: str
    form: str = "none"
    nullable: bool = False
    closed: bool = False
    first: int = 0
    count: int = 0
    required: int = 0
    low: int = 0
    high: int = UNLIMITED
    choices_first: int = 0
    choices_count: int = 0


@dataclass
class Tables:
    rules: list = field(default_factory=list)
    fields: list = field(default_factory=list)  # (name, rule)
    words: list = field(default_factory=list)
    choices: list = field(default_factory=list)  # masks of fields, one of which must be whole
    patterns: dict = field(default_factory=dict)  # pattern -> word
    known: dict = field(default_factory=dict)

    def add(self, schema, where):
        """The index of the rule for this schema."""
        kind, nullable = kind_of(schema, where)
        unknown = set(schema) - NOTES - KEYWORDS[kind]
        if unknown:
            raise SchemaError(f"{where}: the checker does not know {sorted(unknown)} of {kind}")
        rule = getattr(self, f"_{kind}")(schema, nullable, where)
        if rule not in self.known:
            self.known[rule] = len(self.rules)
            self.rules.append(rule)
        return self.known[rule]

    def _any(self, schema, nullable, where):
        return Rule("any")

    def _boolean(self, schema, nullable, where):
        return Rule("boolean", nullable=nullable)

    def _deferred(self, schema, nullable, where):
        return Rule("deferred")

    def _integer(self, schema, nullable, where):
        return Rule("integer", nullable=nullable, low=schema.get("minimum", -INTEGER_MAX),
                    high=schema.get("maximum", INTEGER_MAX))

    def _number(self, schema, nullable, where):
        low, high = schema.get("minimum", -UNLIMITED), schema.get("maximum", UNLIMITED)
        if not (isinstance(low, int) and isinstance(high, int)):
            raise SchemaError(f"{where}: limits of a number must be whole")
        return Rule("number", nullable=nullable, low=low, high=high)

    def _text(self, schema, nullable, where):
        form = "none"
        if "pattern" in schema:
            form = self.patterns.get(schema["pattern"])
            if form is None:
                raise SchemaError(f"{where}: a pattern must be a word of words.json")
        words = schema.get("enum", [schema["const"]] if "const" in schema else [])
        first = self._span(self.words, words)
        return Rule("text", form=form, nullable=nullable, first=first, count=len(words),
                    low=schema.get("minLength", 0), high=schema.get("maxLength", UNLIMITED))

    def _array(self, schema, nullable, where):
        return Rule("array", nullable=nullable, first=self.add(schema["items"], f"{where}[]"),
                    low=schema.get("minItems", 0), high=schema["maxItems"])

    def _object(self, schema, nullable, where):
        if schema.get("additionalProperties", True) is not False:
            if "properties" in schema:
                raise SchemaError(f"{where}: an object with properties must be closed")
            return Rule("object", nullable=nullable, high=schema.get("maxProperties", UNLIMITED))
        names = list(schema["properties"])
        if len(names) > 64:
            raise SchemaError(f"{where}: more than 64 fields")
        entries = [(name, self.add(schema["properties"][name], f"{where}/{name}")) for name in names]

        def mask(required):
            if not set(required) <= set(names):
                raise SchemaError(f"{where}: requires a field that it does not have")
            return sum(1 << names.index(name) for name in required)

        choices = [mask(choice["required"]) for choice in schema.get("oneOf", [])]
        return Rule("object", nullable=nullable, closed=True,
                    first=self._span(self.fields, entries), count=len(entries),
                    required=mask(schema.get("required", [])),
                    choices_first=self._span(self.choices, choices), choices_count=len(choices))

    @staticmethod
    def _span(table, entries):
        """Where these entries stand in a row in the table; appended when they do not yet."""
        for first in range(len(table) - len(entries) + 1):
            if table[first:first + len(entries)] == entries:
                return first
        table.extend(entries)
        return len(table) - len(entries)


def kind_of(schema, where):
    """(kind, nullable)"""
    if schema.get("x-lifeline-deferred"):
        return "deferred", False
    if "enum" in schema or "const" in schema:
        return "text", None in schema.get("enum", [])
    declared = schema.get("type")
    if declared is None:
        return "any", True
    nullable = isinstance(declared, list) and "null" in declared
    if isinstance(declared, list):
        rest = [name for name in declared if name != "null"]
        if len(rest) != 1:
            raise SchemaError(f"{where}: a value has one type, and may be null besides")
        declared = rest[0]
    return ("text" if declared == "string" else declared), nullable


def tables_for(words):
    tables = Tables()
    tables.patterns = {word["pattern"]: name for name, word in words.items() if "pattern" in word}
    return tables


def client_frame_union(frames):
    """One closed object with the fields of all client frames, so that a frame can be read in one
    walk wherever its `op` stands."""
    properties = {"op": {"type": "string"}}
    for op, schema in frames.items():
        for name, value in schema["properties"].items():
            if name == "op":
                continue
            shape = {key: item for key, item in value.items() if key not in NOTES}
            if properties.setdefault(name, shape) != shape:
                raise SchemaError(f"frames: {op}.{name} is not what {name} is in the other frames")
    return {"type": "object", "additionalProperties": False, "required": ["op"],
            "properties": properties}
