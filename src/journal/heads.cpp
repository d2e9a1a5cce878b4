#include "journal/heads.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "journal/encoding.h"

namespace lifeline::journal {

namespace {

constexpr std::string_view tag = "LLHEAD1\n";

template <std::size_t N>
bool take_hex(const contract::Json& json, std::string_view key, std::array<std::uint8_t, N>& into) {
    const auto text = json.text(key);
    const auto bytes = text ? from_hex(*text) : std::nullopt;
    if (!bytes || bytes->size() != N) return false;
    std::ranges::copy(*bytes, into.begin());
    return true;
}

}  // namespace

std::string head_message(const HeadMark& head, WallTime at) {
    std::string text(tag);
    put(text, head.position);
    text += view(head.hash);
    text += view(head.epoch);
    put(text, static_cast<std::int64_t>(at.time_since_epoch().count()));
    return text;
}

SignedHead sign_head(const SealKey& key, const HeadMark& head, WallTime at) {
    return {
        .head = head, .at = at, .key_id = key.id(), .signature = key.sign(head_message(head, at))};
}

bool is_signed_by(const SignedHead& head, const VerifyKey& key) {
    return key.verify(head_message(head.head, head.at), view(head.signature));
}

std::string head_line(const SignedHead& head) {
    contract::JsonWriter json;
    json.object();
    json.key("epoch").value(epoch_text(head.head.epoch));
    json.key("position").value(head.head.position);
    json.key("hash").value(to_hex(head.head.hash));
    json.key("at").value(format_rfc3339(head.at));
    json.key("keyId").value(head.key_id);
    json.key("signature").value(to_hex(head.signature));
    json.end();
    return json.take();
}

Result<SignedHead> read_head_line(std::string_view line) {
    const auto refused = [] {
        return fail(Code::malformed, "archive_invalid", "no head of a journal");
    };
    const auto json = contract::Json::parse(line);
    if (!json) return refused();
    SignedHead head;
    const auto position = json->find("position").and_then([](const contract::Json& number) {
        return number.as_integer();
    });
    const auto at = parse_rfc3339(json->text("at").value_or(""));
    if (!position || *position < 0 || !at || !take_hex(*json, "epoch", head.head.epoch) ||
        !take_hex(*json, "hash", head.head.hash) || !take_hex(*json, "signature", head.signature))
        return refused();
    head.head.position = static_cast<std::uint64_t>(*position);
    head.at = *at;
    head.key_id = json->text("keyId").value_or("");
    if (head_line(head) != line) return refused();
    return head;
}

std::string describe(const SignedHead& head) {
    return fmt::format("the head of {} (position {}, epoch {})", format_rfc3339(head.at),
                       head.head.position, epoch_text(head.head.epoch));
}

}  // namespace lifeline::journal
