#include <algorithm>
#include <array>

#include "archive/line.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "journal/encoding.h"
#include "journal/journal.h"

namespace lifeline::archive {

namespace {

using contract::Json;

// Takes what it is asked for and remembers whether all of it was there.
class Fields {
public:
    explicit Fields(std::string_view line) {
        if (auto parsed = Json::parse(line)) json_ = std::move(*parsed);
        good_ = json_.has_value();
    }
    Fields(std::optional<Json> json) : json_(std::move(json)), good_(json_.has_value()) {}

    bool good() const { return good_; }
    bool has(std::string_view key) const { return json_ && json_->find(key); }
    std::string text(std::string_view key) {
        const auto found = json_ ? json_->text(key) : std::nullopt;
        return found ? std::string(*found) : (good_ = false, std::string());
    }
    std::uint64_t number(std::string_view key) {
        const std::int64_t found = integer(key);
        return found < 0 ? (good_ = false, 0) : static_cast<std::uint64_t>(found);
    }
    std::int64_t integer(std::string_view key) {
        const auto member = json_ ? json_->find(key) : std::nullopt;
        const auto found = member ? member->as_integer() : std::nullopt;
        return found ? *found : (good_ = false, 0);
    }
    std::string bytes(std::string_view key) {
        auto found = from_hex(text(key));
        return found ? std::move(*found) : (good_ = false, std::string());
    }
    template <std::size_t N>
    std::array<std::uint8_t, N> array(std::string_view key) {
        return fixed<N>(bytes(key));
    }
    WallTime time(std::string_view key) {
        const auto found = parse_rfc3339(text(key));
        return found ? *found : (good_ = false, WallTime{});
    }
    Fields object(std::string_view key) {
        Fields inside(json_ ? json_->find(key) : std::nullopt);
        good_ = good_ && inside.good_;
        return inside;
    }
    std::string canonical(std::string_view key) {
        const auto found = json_ ? json_->find(key) : std::nullopt;
        if (found && found->is_object()) return contract::canonical_json(*found);
        return good_ = false, std::string();
    }
    // Each text of a list as bytes.
    std::vector<std::string> list(std::string_view key) {
        std::vector<std::string> out;
        const auto found = json_ ? json_->find(key) : std::nullopt;
        if (!found || !found->is_array()) return good_ = false, out;
        for (const Json& item : found->items()) {
            auto one = from_hex(item.as_text().value_or("?"));
            if (!one) return good_ = false, out;
            out.push_back(std::move(*one));
        }
        return out;
    }
    template <std::size_t N>
    std::array<std::uint8_t, N> fixed(std::string_view found) {
        std::array<std::uint8_t, N> out{};
        if (found.size() != N) return good_ = false, out;
        std::ranges::copy(found, out.begin());
        return out;
    }

private:
    std::optional<Json> json_;
    bool good_ = false;
};

// What reads well and would be written otherwise was not written by us.
template <class T>
std::optional<T> as_written(const Fields& fields, T value, std::string_view line) {
    if (!fields.good() || render(value) != line) return std::nullopt;
    return value;
}

}  // namespace

std::optional<Head> read_head(std::string_view line) {
    Fields fields(line);
    Head head;
    head.session_id = fields.text("sessionId");
    head.epoch = fields.text("epoch");
    head.records = fields.number("records");
    head.exported_at = fields.time("exportedAt");
    Fields key = fields.object("key");
    head.key = key.array<ed25519_key_bytes>("publicKey");
    for (const std::string& bytes : fields.list("epochs")) {
        auto epoch = journal::Epoch::decode(bytes);
        if (!epoch) return std::nullopt;
        head.epochs.push_back(*epoch);
    }
    if (!key.good() || head.epochs.empty() ||
        head.session_id.size() > journal::limits::name_bytes_max)
        return std::nullopt;
    return as_written(fields, std::move(head), line);
}

std::optional<KeyLine> read_key(std::string_view line) {
    Fields fields(line);
    KeyLine key{.position = fields.number("position"), .payload = fields.canonical("key")};
    return as_written(fields, std::move(key), line);
}

std::optional<Row> read_row(std::string_view line) {
    Fields fields(line);
    Row row;
    row.first_position = fields.number("firstPosition");
    row.count = fields.number("count");
    row.time.wall = WallTime(Millis(fields.integer("wall")));
    row.time.steady = SteadyTime(Micros(fields.integer("steady")));
    const std::string boot = fields.bytes("boot");
    if (boot.size() != 16) return std::nullopt;
    row.time.boot = {journal::get_at<std::uint64_t>(boot, 0),
                     journal::get_at<std::uint64_t>(boot, 8)};
    row.root = fields.array<sizeof(Digest)>("root");
    if (fields.has("previous")) row.previous = fields.array<sizeof(Digest)>("previous");
    row.hash = fields.array<sizeof(Digest)>("hash");
    return as_written(fields, row, line);
}

std::optional<Record> read_record(std::string_view line) {
    Fields fields(line);
    Record record;
    record.seq = fields.number("seq");
    record.position = fields.number("position");
    record.event_id = fields.text("eventId");
    Fields actor = fields.object("actor");
    record.actor = {actor.text("kind"), actor.text("id")};
    record.cause = fields.text("cause");
    record.erased = fields.has("inner");
    if (record.erased) {
        record.inner = fields.array<sizeof(Digest)>("inner");
    } else {
        record.salt = fields.bytes("salt");
        record.bytes = fields.text("event");
        if (record.salt.size() != sizeof(journal::Salt)) return std::nullopt;
    }
    for (const std::string& node : fields.list("path"))
        record.path.push_back(fields.fixed<sizeof(Digest)>(node));
    if (!actor.good()) return std::nullopt;
    // A header has a byte for the length of each.
    for (const std::string* text :
         {&record.event_id, &record.actor.kind, &record.actor.id, &record.cause})
        if (text->size() > journal::limits::name_bytes_max) return std::nullopt;
    return as_written(fields, std::move(record), line);
}

std::optional<Anchor> read_anchor(std::string_view line) {
    Fields fields(line);
    Anchor anchor;
    anchor.kind = fields.text("kind") == "seal" ? Anchor::Kind::seal : Anchor::Kind::head;
    journal::SignedHead& one = anchor.signed_head;
    one.head.epoch = fields.array<sizeof(journal::EpochId)>("epoch");
    one.head.position = fields.number("position");
    one.head.hash = fields.array<sizeof(Digest)>("hash");
    if (anchor.kind == Anchor::Kind::head) one.at = fields.time("at");
    one.key_id = fields.text("keyId");
    one.signature = fields.array<ed25519_signature_bytes>("signature");
    return as_written(fields, std::move(anchor), line);
}

std::optional<End> read_end(std::string_view line) {
    Fields fields(line);
    End end;
    end.lines = fields.number("lines");
    end.digest = fields.array<sizeof(Digest)>("sha256");
    end.signature = fields.array<ed25519_signature_bytes>("signature");
    return as_written(fields, end, line);
}

}  // namespace lifeline::archive
