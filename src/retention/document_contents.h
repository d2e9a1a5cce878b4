#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "retention/plan.h"
#include "retention/recorded.h"

namespace lifeline::retention {

// One document, read from its first event to its last. It goes as one, with its owner: what others
// wrote into it is part of it.
class DocumentContents {
public:
    void take(const Recorded& recorded);

    const std::string& owner_id() const { return owner_id_; }
    const std::string& account_id() const { return account_id_; }
    bool records(std::string_view erasure_id) const { return records_.contains(erasure_id); }
    // How many events that was; 0 if it was not.
    std::uint64_t recorded(std::string_view erasure_id) const;
    // The calls that it was ever shared with: they were told its title.
    const std::set<std::string, std::less<>>& calls() const { return calls_; }

    // The stream says that it is gone before it is, so `contents` come after.
    Plan whole() const;

private:
    std::vector<std::uint64_t> there_;
    std::uint64_t head_ = 0;
    std::uint64_t erased_ = 0;
    std::uint64_t recorded_ = 0;
    std::string owner_id_;
    std::string account_id_;
    std::map<std::string, std::uint64_t, std::less<>> records_;
    std::set<std::string, std::less<>> calls_;
};

}  // namespace lifeline::retention
