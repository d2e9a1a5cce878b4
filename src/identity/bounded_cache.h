#pragma once

#include <cstddef>
#include <cstring>
#include <list>
#include <unordered_map>
#include <utility>

#include "base/clock.h"
#include "base/digest.h"

namespace lifeline::identity {

// Remembers values under digests for a while, and never more than `size_max` of them: the one that
// was used longest ago goes first. Of one loop.
template <class Value>
class BoundedCache {
public:
    explicit BoundedCache(std::size_t size_max) : size_max_(size_max) {}

    // Valid until the next call.
    const Value* find(const Digest& key, SteadyTime now) {
        const auto found = index_.find(key);
        if (found == index_.end()) return nullptr;
        if (now >= found->second->until) {
            entries_.erase(found->second);
            index_.erase(found);
            return nullptr;
        }
        entries_.splice(entries_.begin(), entries_, found->second);
        return &found->second->value;
    }

    void clear() {
        index_.clear();
        entries_.clear();
    }

    void put(const Digest& key, SteadyTime until, Value value) {
        if (size_max_ == 0) return;
        if (const auto found = index_.find(key); found != index_.end()) {
            entries_.erase(found->second);
            index_.erase(found);
        } else if (index_.size() >= size_max_) {
            index_.erase(entries_.back().key);
            entries_.pop_back();
        }
        entries_.push_front({key, until, std::move(value)});
        index_.emplace(key, entries_.begin());
    }

    std::size_t size() const { return index_.size(); }

private:
    struct Entry {
        Digest key;
        SteadyTime until;
        Value value;
    };
    struct Hash {
        // The key is a digest already: any eight bytes of it are as good as a hash.
        std::size_t operator()(const Digest& key) const {
            std::size_t out = 0;
            std::memcpy(&out, key.data(), sizeof out);
            return out;
        }
    };

    std::size_t size_max_;
    std::list<Entry> entries_;  // Last used first.
    std::unordered_map<Digest, typename std::list<Entry>::iterator, Hash> index_;
};

}  // namespace lifeline::identity
