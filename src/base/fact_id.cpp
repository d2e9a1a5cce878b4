#include "base/fact_id.h"

#include <array>
#include <cstdint>

#include "base/digest.h"
#include "base/text.h"

namespace lifeline {

namespace {

constexpr std::size_t id_bytes = 20;

}  // namespace

std::string fact_id(std::string_view prefix, std::span<const std::string_view> fields) {
    thread_local Sha256 sha;
    for (const std::string_view field : fields) {
        const auto size = static_cast<std::uint32_t>(field.size());
        const std::array<std::uint8_t, 4> length{
            static_cast<std::uint8_t>(size >> 24U), static_cast<std::uint8_t>(size >> 16U),
            static_cast<std::uint8_t>(size >> 8U), static_cast<std::uint8_t>(size)};
        sha.add(length).add(field);
    }
    const Digest digest = sha.finish();
    return std::string(prefix) + to_hex(std::span(digest).first<id_bytes>());
}

std::string fact_id(std::string_view prefix, std::initializer_list<std::string_view> fields) {
    return fact_id(prefix, std::span(fields.begin(), fields.size()));
}

}  // namespace lifeline
