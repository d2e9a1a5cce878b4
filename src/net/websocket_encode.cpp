#include <cstring>

#include "base/check.h"
#include "net/websocket.h"

namespace lifeline::net {

namespace {

constexpr std::size_t close_reason_max = 123;

void append_header(std::string& out, Opcode opcode, std::size_t payload_bytes,
                   std::uint8_t mask_bit) {
    const std::size_t length_bytes = frame_header_size(payload_bytes) - 2;
    out.push_back(static_cast<char>(0x80 | static_cast<unsigned>(opcode)));
    const std::size_t short_length = length_bytes == 0   ? payload_bytes
                                     : length_bytes == 2 ? 126u
                                                         : 127u;
    out.push_back(static_cast<char>(mask_bit | short_length));
    for (std::size_t left = length_bytes; left > 0; --left) {
        out.push_back(static_cast<char>(std::uint64_t{payload_bytes} >> (8 * (left - 1))));
    }
}

}  // namespace

void append_frame_header(std::string& out, Opcode opcode, std::size_t payload_bytes) {
    append_header(out, opcode, payload_bytes, 0);
}

void append_frame(std::string& out, Opcode opcode, std::string_view payload) {
    append_frame_header(out, opcode, payload.size());
    out.append(payload);
}

void append_masked_frame(std::string& out, Opcode opcode, std::string_view payload, MaskKey key) {
    append_header(out, opcode, payload.size(), 0x80);
    for (const std::uint8_t byte : key) out.push_back(static_cast<char>(byte));
    const std::size_t start = out.size();
    out.append(payload);
    apply_mask(std::span(out).subspan(start), key);
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
    if (code == ws_close::no_status) return {};
    CHECK(is_sendable_close_code(code));
    if (reason.size() > close_reason_max) {
        std::size_t end = close_reason_max;
        while (end > 0 && (static_cast<std::uint8_t>(reason[end]) & 0xC0) == 0x80) --end;
        reason = reason.substr(0, end);
    }
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
    payload.append(reason);
    return payload;
}

void apply_mask(std::span<char> bytes, MaskKey key, std::size_t phase) {
    MaskKey turned;
    for (std::size_t i = 0; i < 4; ++i) turned[i] = key[(phase + i) & 3];
    std::uint32_t half;
    std::memcpy(&half, turned.data(), sizeof(half));
    const std::uint64_t wide = std::uint64_t{half} << 32 | half;  // The same either way round.

    char* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
        std::uint64_t word;
        std::memcpy(&word, at, 8);
        word ^= wide;
        std::memcpy(at, &word, 8);
    }
    for (std::size_t i = 0; i < left; ++i) {
        at[i] = static_cast<char>(static_cast<std::uint8_t>(at[i]) ^ turned[i & 3]);
    }
}

}  // namespace lifeline::net
