#include "safety/address.h"

#include <algorithm>

namespace lifeline::safety {

namespace {

constexpr std::size_t domain_bytes_max = 253;
constexpr std::size_t label_bytes_max = 63;
constexpr std::size_t local_bytes_max = 64;

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_label(std::string_view label) {
    return !label.empty() && label.size() <= label_bytes_max && label.front() != '-' &&
           label.back() != '-' &&
           std::ranges::all_of(label, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

std::optional<std::string> domain_from(std::string_view text) {
    if (text.size() > domain_bytes_max) return std::nullopt;
    for (std::string_view rest = text;;) {
        const auto dot = rest.find('.');
        if (!is_label(rest.substr(0, dot))) return std::nullopt;
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    std::string domain(text);
    for (char& c : domain)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return domain;
}

// What RFC 5322 calls a dot-atom, without the signs that once were routes: % and !
bool is_local(std::string_view text) {
    constexpr std::string_view signs = "#$&'*+-/=?^_`{|}~.";
    return !text.empty() && text.size() <= local_bytes_max && text.front() != '.' &&
           text.back() != '.' && text.find("..") == std::string_view::npos &&
           std::ranges::all_of(text, [&](char c) {
               return is_alphanumeric(c) || signs.find(c) != std::string_view::npos;
           });
}

}  // namespace

std::optional<std::string> domain_of(std::string_view address) {
    const auto at = address.rfind('@');
    if (at == std::string_view::npos || !is_local(address.substr(0, at))) return std::nullopt;
    return domain_from(address.substr(at + 1));
}

bool DomainList::add(std::string_view domain) {
    const bool beneath = domain.starts_with("*.");
    const auto name = domain_from(beneath ? domain.substr(2) : domain);
    if (!name) return false;
    if (beneath)
        beneath_.push_back("." + *name);
    else
        exact_.push_back(*name);
    return true;
}

bool DomainList::has(std::string_view domain) const {
    return std::ranges::find(exact_, domain) != exact_.end() ||
           std::ranges::any_of(beneath_,
                               [&](const std::string& end) { return domain.ends_with(end); });
}

}  // namespace lifeline::safety
