#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Bytes as text: hexadecimal, and base64url without padding (RFC 4648 section 5), which is what
// tokens use. Decoders refuse every byte that the encoder would not have written.
namespace lifeline {

std::string to_hex(std::span<const std::uint8_t> bytes);
std::optional<std::string> from_hex(std::string_view text);

std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace lifeline
