// Whatever comes as a URL, a request's target, an origin or an address: no crash; what is accepted
// has one spelling, which is accepted again and means the same; and no URL leads a guarded fetch to
// an address that is not public.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "net/http_client.h"
#include "net/ip_address.h"
#include "net/origin.h"
#include "net/url.h"

namespace lifeline::net {
namespace {

void check_url(std::string_view text) {
    const auto url = parse_url(text);
    if (!url) return;
    CHECK(url->port != 0 && url->target.starts_with('/'));
    CHECK(std::ranges::none_of(url->host, [](char c) {
        return (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) <= 0x20 || c == 0x7F ||
               c == '@' || c == '/' || c == '\\' || c == '?' || c == '#' || c == '%';
    }));
    const auto again = parse_url(url->origin() + url->target);
    CHECK(again);
    CHECK(again->origin() == url->origin() && again->target == url->target);
    CHECK(again->host == url->host && again->port == url->port);

    const auto address = IpAddress::parse(url->host);
    CHECK(address.has_value() == url->host_is_address);
    if (check_egress(*url, Egress::public_https)) {
        CHECK(url->scheme == "https");
        CHECK(!address || address->is_public());
    }
}

void check_target(std::string_view text) {
    const auto target = parse_target(text);
    if (!target) return;
    std::string spelt;
    for (const std::string& segment : target->segments) {
        CHECK(segment != "." && segment != "..");
        CHECK(std::ranges::none_of(
            segment, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
        spelt += "/" + percent_encode(segment);
    }
    if (spelt.empty()) spelt = "/";
    const auto again = parse_target(spelt);
    CHECK(again && again->segments == target->segments);
}

void check_origin(std::string_view text) {
    const std::string entries[] = {std::string(text)};
    const auto list = OriginList::parse(entries);
    const std::string fixed[] = {"https://*.example.app", "https://app.example.com"};
    static const auto ours = OriginList::parse(fixed);
    CHECK(ours);
    if (ours->allows(text)) {
        const auto url = parse_url(text);
        CHECK(url && url->scheme == "https" && url->port == 443);
        CHECK(url->host == "app.example.com" || url->host.ends_with(".example.app"));
    }
    if (!list) return;
    CHECK(!list->allows("null") && !list->allows(""));
    CHECK(!list->allows("https://evil.example"));
}

void check_address(std::string_view text) {
    const auto address = IpAddress::parse(text);
    if (!address) return;
    CHECK(IpAddress::parse(address->text()) == address);
    CHECK(!address->is_loopback() || !address->is_public());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    check_url(text);
    check_target(text);
    // The one origin that the check itself asks for.
    if (text != "https://evil.example" && text.find("evil") == std::string_view::npos) {
        check_origin(text);
    }
    check_address(text);
    return 0;
}

}  // namespace lifeline::net
