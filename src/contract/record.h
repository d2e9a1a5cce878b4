#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "contract/field.h"
#include "contract/walk.h"

namespace lifeline::contract {

// A JSON object that has passed its check, with its top-level fields found. It owns its bytes and
// is cheap to move. A field that is absent or null reads as "", 0 or false; has() tells.
class Record {
public:
    // The object itself, without space between its tokens.
    const std::string& json() const { return json_; }

    bool has(Field field) const;
    // What a string means, escapes resolved.
    std::string_view text(Field field) const { return found_.meaning(json_, slot(field)); }
    std::int64_t integer(Field field) const;
    double number(Field field) const;
    bool flag(Field field) const;
    // As it stands in json(): for objects and arrays, which Json::parse reads.
    std::string_view raw(Field field) const { return found_.raw(json_, slot(field)); }

protected:
    Record(std::string json, Found found, std::uint16_t rule, std::size_t first)
        : json_(std::move(json)), found_(std::move(found)), rule_(rule), first_(first) {}

    const Found& found() const { return found_; }

private:
    std::size_t slot(Field field) const;

    std::string json_;
    Found found_;
    std::uint16_t rule_;  // whose fields these are
    std::size_t first_;   // where they begin among the slots
};

}  // namespace lifeline::contract
