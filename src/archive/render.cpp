#include "archive/line.h"

#include <array>

#include "base/text.h"
#include "contract/json_writer.h"
#include "journal/encoding.h"
#include "journal/seals.h"

namespace lifeline::archive {

namespace {

using contract::JsonWriter;

// In the order of the enumeration.
constexpr std::array<std::string_view, 8> names{"head",   "key",        "row",      "record",
                                                "anchor", "transcript", "decision", "end"};

std::string hex(std::string_view bytes) {
    return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

void begin(JsonWriter& json, Kind kind) {
    json.object().key("line").value(to_text(kind));
}

std::string raw_line(Kind kind, std::string_view json_inside) {
    JsonWriter json;
    begin(json, kind);
    json.key(to_text(kind)).raw(json_inside).end();
    return json.take();
}

std::string boot_text(const BootId& boot) {
    std::string bytes;
    journal::put(bytes, boot.high);
    journal::put(bytes, boot.low);
    return hex(bytes);
}

}  // namespace

std::string_view to_text(Kind kind) {
    return names[static_cast<std::size_t>(kind)];
}

std::optional<Kind> kind_of(std::string_view line) {
    constexpr std::string_view before = "{\"line\":\"";
    if (!line.starts_with(before)) return std::nullopt;
    line.remove_prefix(before.size());
    for (std::size_t i = 0; i < names.size(); ++i)
        if (line.starts_with(names[i]) && line.substr(names[i].size()).starts_with('"'))
            return static_cast<Kind>(i);
    return std::nullopt;
}

std::string render(const Head& head) {
    JsonWriter json;
    begin(json, Kind::head);
    json.key("format").value(format_name);
    json.key("sessionId").value(head.session_id);
    json.key("epoch").value(head.epoch);
    json.key("records").value(head.records);
    json.key("exportedAt").value(format_rfc3339(head.exported_at));
    json.key("key").object();
    json.key("keyId").value(journal::key_id(head.key));
    json.key("alg").value("Ed25519");
    json.key("publicKey").value(to_hex(head.key));
    json.end();
    json.key("epochs").array();
    for (const auto& epoch : head.epochs) json.value(hex(epoch.encode()));
    json.end();
    json.end();
    return json.take();
}

std::string render(const KeyLine& key) {
    JsonWriter json;
    begin(json, Kind::key);
    json.key("position").value(key.position).key("key").raw(key.payload).end();
    return json.take();
}

std::string render(const Row& row) {
    JsonWriter json;
    begin(json, Kind::row);
    json.key("firstPosition").value(row.first_position);
    json.key("count").value(row.count);
    json.key("wall").value(row.time.wall.time_since_epoch().count());
    json.key("steady").value(row.time.steady.time_since_epoch().count());
    json.key("boot").value(boot_text(row.time.boot));
    json.key("root").value(to_hex(row.root));
    if (row.previous) json.key("previous").value(to_hex(*row.previous));
    json.key("hash").value(to_hex(row.hash));
    json.end();
    return json.take();
}

std::string render(const Record& record) {
    JsonWriter json;
    begin(json, Kind::record);
    json.key("seq").value(record.seq);
    json.key("position").value(record.position);
    json.key("eventId").value(record.event_id);
    json.key("actor").object();
    json.key("kind").value(record.actor.kind);
    json.key("id").value(record.actor.id);
    json.end();
    json.key("cause").value(record.cause);
    if (record.erased) {
        json.key("inner").value(to_hex(record.inner));
    } else {
        json.key("salt").value(hex(record.salt));
        json.key("event").value(record.bytes);
    }
    json.key("path").array();
    for (const Digest& node : record.path) json.value(to_hex(node));
    json.end();
    json.end();
    return json.take();
}

std::string render(const Anchor& anchor) {
    const journal::SignedHead& one = anchor.signed_head;
    JsonWriter json;
    begin(json, Kind::anchor);
    json.key("kind").value(anchor.kind == Anchor::Kind::seal ? "seal" : "head");
    json.key("epoch").value(journal::epoch_text(one.head.epoch));
    json.key("position").value(one.head.position);
    json.key("hash").value(to_hex(one.head.hash));
    if (anchor.kind == Anchor::Kind::head) json.key("at").value(format_rfc3339(one.at));
    json.key("keyId").value(one.key_id);
    json.key("signature").value(to_hex(one.signature));
    json.end();
    return json.take();
}

std::string render(const End& end) {
    JsonWriter json;
    begin(json, Kind::end);
    json.key("lines").value(end.lines);
    json.key("sha256").value(to_hex(end.digest));
    json.key("signature").value(to_hex(end.signature));
    json.end();
    return json.take();
}

std::string transcript_line(std::string_view json) {
    return raw_line(Kind::transcript, json);
}

std::string decision_line(std::string_view json) {
    return raw_line(Kind::decision, json);
}

std::string end_message(const Digest& digest) {
    return "LLARCH1\n" + std::string(view(digest));
}

std::string anchor_message(const Anchor& anchor) {
    const journal::SignedHead& one = anchor.signed_head;
    return anchor.kind == Anchor::Kind::seal ? journal::seal_message(one.head)
                                             : journal::head_message(one.head, one.at);
}

// The header is the one that the journal's record has (journal/row.h).
Digest leaf_of(Sha256& sha, std::string_view session_id, const Record& record) {
    const std::string_view texts[] = {session_id, record.event_id, record.actor.kind,
                                      record.actor.id, record.cause};
    std::string header;
    for (const auto text : texts) header.push_back(static_cast<char>(text.size()));
    journal::put(header, record.seq);
    for (const auto text : texts) header += text;
    const Digest inner = record.erased ? record.inner : sha.of({record.salt, record.bytes});
    return journal::leaf_digest(sha, header, inner);
}

}  // namespace lifeline::archive
