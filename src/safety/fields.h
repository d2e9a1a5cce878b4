#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/json.h"

namespace lifeline::safety {

// What was wrong first while a policy was read, in words that name the rule, and its pointer.
class Faults {
public:
    void begin_rule(std::string name) { rule_ = std::move(name); }
    void add(const std::string& pointer, std::string_view what);
    const Result<void>& status() const { return status_; }

private:
    std::string rule_;
    Result<void> status_;
};

// An object of a policy, read key by key. What was never asked for is refused when it goes out of
// scope: a condition that is not known must not be a condition that is not there.
class Fields {
public:
    Fields(contract::Json json, std::string pointer, Faults& faults);
    ~Fields();
    Fields(const Fields&) = delete;
    Fields& operator=(const Fields&) = delete;

    std::optional<contract::Json> find(std::string_view key);
    // Nothing where it is absent or was refused.
    std::optional<std::string> text(std::string_view key);
    std::optional<bool> yes_or_no(std::string_view key);
    std::optional<std::int64_t> whole(std::string_view key);
    // A text or a list of texts that is not empty.
    std::vector<std::string> texts(std::string_view key);

    bool has(std::string_view key) const { return json_.find(key).has_value(); }
    void refuse(std::string_view key, std::string_view what);
    std::string at(std::string_view key) const;
    const std::string& pointer() const { return pointer_; }

private:
    contract::Json json_;
    std::string pointer_;
    Faults& faults_;
    std::vector<std::string> known_;
};

}  // namespace lifeline::safety
