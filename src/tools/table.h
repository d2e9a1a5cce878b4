#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "contract/json.h"
#include "contract/risk.h"
#include "contract/role.h"

namespace lifeline::tools {

// One table of the configuration, read key by key. The first thing that is wrong is kept for
// `status`, which also refuses what was never asked for.
class Table {
public:
    Table(std::string pointer, contract::Json json)
        : pointer_(std::move(pointer)), json_(std::move(json)) {}

    bool has(std::string_view key) const { return json_.find(key).has_value(); }
    // Each gives what stood there before where the key is absent.
    void text(std::string_view key, std::string& into);
    void texts(std::string_view key, std::vector<std::string>& into);
    void yes_or_no(std::string_view key, bool& into);
    void whole(std::string_view key, int& into);
    void millis(std::string_view key, Millis& into);
    void amount(std::string_view key, std::int64_t& into);  // whole, within 2^53
    void risk(std::string_view key, contract::Risk& into);
    void roles(std::string_view key, contract::RoleSet& into);
    void risks(std::string_view key, std::map<std::string, contract::Risk, std::less<>>& into);
    // A table or a text with JSON, as canonical JSON.
    void schema(std::string_view key, std::string& into);
    // An empty one where the key is absent.
    Table table(std::string_view key);

    // What somebody else reads.
    void known(std::string_view key) { known_.emplace_back(key); }
    void refuse(std::string_view key, std::string_view what);
    void refuse(const Error& error);  // of a table within
    Result<void> status() const;

private:
    std::optional<contract::Json> find(std::string_view key);

    std::string pointer_;
    contract::Json json_;
    std::vector<std::string> known_;
    Result<void> status_;
};

}  // namespace lifeline::tools
