// Small changes to a JSON value, the kind that clients make by mistake and attackers on purpose.

const values = [
  null, true, false, 0, -0, 1, -1, 1.5, 60, 100, 101, 1e15, 9007199254740992, -9007199254740992, 1e-7, "", " ", "x",
  "0", "-1", "007", "12", "-12345678901234567890", "CHF", "chf", "de-CH", "d", "de--CH", "sess_1", "sess_", "doc_7",
  "acct_1", "sys_instance", "evt_1", "ll_1", "a b", "é", "\u{1F600}", "😀".repeat(40), "x".repeat(64), "x".repeat(65),
  "x".repeat(129), "x".repeat(513), "x".repeat(17000), "/a/b~0c", "/a/b~2", "a/b", "2026-02-16T10:00:00.000Z",
  "2024-02-29T23:59:59.999Z", "2023-02-29T10:00:00.000Z", "2026-13-01T10:00:00.000Z", "2026-02-16T24:00:00.000Z",
  "2026-02-16T10:00:60.000Z", "2026-02-16T10:00:00Z", "2026-02-16T10:00:00.000+00:00", "2026-02-16t10:00:00.000z",
  "2026-02-16T10:00Z", "2026-02-31T10:00Z", "2026-02-16T10:30Z", "0".repeat(64), "A".repeat(64), "g".repeat(64),
  "user", "agent", "viewer", "server", "voice", "approve", "1*#A", "xx", "12e", [], [null], ["x"], [1, 2], {}, { x: 1 },
  { id: "usr_1" }, { kind: "user", id: "usr_1" },
]; // prettier-ignore

const keys = ["extra", "__proto__", "callId", "by", "participantId", "", "k".repeat(128), "é".repeat(100), "/~".repeat(70), "k".repeat(60000)];

const clone = (value) => structuredClone(value);

/** Every place in a value: [holder, key], the value itself not counted. */
function places(value, found = []) {
  if (value === null || typeof value !== "object") return found;
  for (const key of Object.keys(value)) {
    found.push([value, key]);
    places(value[key], found);
  }
  return found;
}

function put(holder, key, value) {
  // Not holder.__proto__ = value.
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

const changes = [
  (chance, [holder, key]) => put(holder, key, clone(chance.pick(values))),
  (chance, [holder, key]) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  (chance, [holder, key]) => {
    const name = chance.pick([...Object.keys(holder), ...keys]);
    if (Array.isArray(holder)) holder.push(clone(chance.pick(values)));
    else put(holder, chance.next() < 0.5 ? `${name}x` : name, clone(chance.pick(values)));
  },
  (chance, [holder, key]) => {
    const value = holder[key];
    if (typeof value === "string") {
      const characters = [...value]; // Whole ones: half a surrogate pair is no JSON to begin with.
      const other = chance.pick([" ", "\n", "é", "\u{10FFFF}", "/", "~", "\u007f", ""]);
      characters.splice(chance.below(characters.length + 1), 1, other);
      put(holder, key, characters.join(""));
    } else if (typeof value === "number") {
      put(holder, key, chance.pick([value + 1, value - 1, -value, value + 0.5, value * 1000]));
    } else {
      put(holder, key, [clone(value)]);
    }
  },
  (chance, [holder, key]) => {
    const value = holder[key];
    if (Array.isArray(value)) put(holder, key, Array.from({ length: chance.pick([0, 65, 257]) }, () => clone(value[0])));
    else put(holder, key, String(value));
  },
];

/** A copy with one to three changes. */
export function mutate(chance, value) {
  const copy = { root: clone(value) };
  for (let n = 1 + chance.below(3); n > 0; --n) {
    const all = places(copy).filter(([holder]) => holder !== copy || chance.next() < 0.02);
    if (all.length > 0) chance.pick(changes)(chance, chance.pick(all));
  }
  return copy.root ?? null;
}
