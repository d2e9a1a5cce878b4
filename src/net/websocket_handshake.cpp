#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "net/websocket.h"

namespace lifeline::net {

namespace {

constexpr std::string_view protocol_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

}  // namespace

bool is_websocket_key(std::string_view key) {
    // 16 bytes in base 64 are 22 characters and two of padding.
    if (key.size() != 24 || !key.ends_with("==")) return false;
    std::string text(key.substr(0, 22));
    if (text.find_first_of("-_") != std::string::npos) return false;
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return from_base64url(text).has_value();
}

std::string accept_key(std::string_view key) {
    std::string text(key);
    text += protocol_guid;
    std::string answer = to_base64url(view(sha1(text)));
    std::ranges::replace(answer, '-', '+');
    std::ranges::replace(answer, '_', '/');
    return answer + "=";
}

}  // namespace lifeline::net
