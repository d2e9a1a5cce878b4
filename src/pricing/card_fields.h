#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/form.h"
#include "contract/json.h"
#include "pricing/int128.h"

namespace lifeline::pricing {

// The first thing that is wrong with a card, and where.
class CardFault {
public:
    void add(const std::string& pointer, std::string_view what);
    const Status& status() const { return status_; }

private:
    Status status_;
};

// One object of a card, read member by member. Each read gives something of its type, and keeps a
// fault where that is not what stands there. What was not asked for is refused at the end.
class CardFields {
public:
    CardFields(contract::Json json, std::string pointer, CardFault& fault);
    ~CardFields();
    CardFields(const CardFields&) = delete;
    CardFields& operator=(const CardFields&) = delete;

    // Nothing where there is no such member.
    std::optional<contract::Json> find(std::string_view key);
    std::string text(std::string_view key, contract::Form form, std::string_view form_in_words);
    std::int64_t number(std::string_view key, std::int64_t least, std::int64_t most);
    std::vector<contract::Json> list(std::string_view key, std::size_t most);
    // Decimal strings, none of them negative.
    std::int64_t quantity(std::string_view key, std::int64_t least);
    std::optional<std::int64_t> quantity_if_any(std::string_view key, std::int64_t least);
    Int128 amount(std::string_view key, int digits_max);
    Int128 amount_if_any(std::string_view key);

    void refuse(std::string_view key, std::string_view what);
    std::string at(std::string_view key) const;

private:
    std::optional<contract::Json> need(std::string_view key);

    contract::Json json_;
    std::string pointer_;
    CardFault& fault_;
    std::vector<std::string> known_;
};

}  // namespace lifeline::pricing
