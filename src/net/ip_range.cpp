#include "net/ip_range.h"

#include <algorithm>
#include <charconv>

namespace lifeline::net {

namespace {

constexpr unsigned v4_offset = 96;
constexpr unsigned all_bits = 128;

std::optional<unsigned> whole_number(std::string_view text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    return number;
}

bool is_zero_from(const std::array<std::uint8_t, 16>& bytes, unsigned bits) {
    for (unsigned bit = bits; bit < all_bits; ++bit)
        if (bytes[bit / 8] & (0x80u >> bit % 8)) return false;
    return true;
}

}  // namespace

std::optional<IpRange> IpRange::parse(std::string_view text) {
    const auto slash = text.find('/');
    const std::string_view written = text.substr(0, slash);
    const auto address = IpAddress::parse(written);
    if (!address) return std::nullopt;
    unsigned bits = all_bits;
    if (slash != std::string_view::npos) {
        const auto length = whole_number(text.substr(slash + 1));
        // How it is written decides what the length counts: "::ffff:10.0.0.0/104" is no "/8".
        const unsigned offset = written.find(':') == std::string_view::npos ? v4_offset : 0;
        if (!length || *length > all_bits - offset) return std::nullopt;
        bits = offset + *length;
    }
    if (!is_zero_from(address->bytes(), bits)) return std::nullopt;
    return IpRange{address->bytes(), bits};
}

bool IpRange::holds(const IpAddress& address) const {
    const auto& bytes = address.bytes();
    const std::size_t whole = bits / 8;
    if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                    start.begin())) {
        return false;
    }
    const unsigned rest = bits % 8;
    if (rest == 0) return true;
    const auto mask = static_cast<std::uint8_t>(0xFF00u >> rest);
    return (bytes[whole] & mask) == (start[whole] & mask);
}

}  // namespace lifeline::net
