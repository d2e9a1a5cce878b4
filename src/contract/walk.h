#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "contract/rule.h"
#include "contract/tokens.h"

namespace lifeline::contract {

// Where a value stands in its text, spaces around it not counted; size 0 when it is absent.
// A string written with escapes also has its meaning, kept elsewhere.
struct Slot {
    std::uint32_t at = 0;
    std::uint32_t size = 0;
    std::uint32_t meaning_at = 0;
    std::uint32_t meaning_size = 0;
    bool escaped = false;
};

// The top-level fields of an object, as the walk found them in `text`, which is handed in again.
struct Found {
    std::vector<Slot> slots;
    std::string meanings;        // of strings with escapes, one after the other
    std::uint32_t deferred = 0;  // the token at which the deferred value begins

    std::string_view raw(std::string_view text, std::size_t slot) const {
        return text.substr(slots[slot].at, slots[slot].size);
    }
    // What a string means; empty when it is absent or no string.
    std::string_view meaning(std::string_view text, std::size_t slot) const;
};

enum class Strictness : std::uint8_t {
    strict,    // from outside: what is not known is refused
    tolerant,  // from our own journal: what a newer version may have added is passed over
};

// One walk over every value of a JSON text, holding it to a rule of the tables: no schema is
// interpreted and nothing is allocated unless something is wrong. Reused; one per thread.
class Walk {
public:
    // The object that begins at `token`. Its fields are added to `found`, shifted by what is there.
    // `depth` is the object's own, 1 at the root. On success `token` is behind the object.
    Status object(const Tokens& tokens, std::uint32_t& token, std::uint16_t rule, int depth,
                  Strictness strictness, Found& found);

private:
    // Each reads what begins at at_ and moves behind it, or keeps a fault and gives false.
    bool value(const Rule& rule, int depth);
    bool closed_object(const Rule& rule, int depth, Found* found);
    bool open_object(const Rule* rule, int depth);  // without a rule: as any JSON may be
    bool array(const Rule* rule, int depth);
    bool any(int depth);
    bool text(const Rule& rule);
    bool number(const Rule& rule);
    bool word(const Rule& rule);

    bool begin_object(int depth, bool& empty);
    bool read_key(std::string_view& key);
    bool read_name(const Rule& rule, std::uint32_t& hint, const FieldRule*& field);
    bool separator(char end, bool& done);
    bool no_separator(char end);
    static const FieldRule* find_field(const Rule& rule, std::string_view name,
                                       std::uint32_t& hint);
    bool check_required(const Rule& rule, std::uint64_t seen);
    bool meaning_of(std::uint32_t token, std::string_view& meaning);
    bool unique_keys(std::size_t from);
    void note(Found& found, std::size_t slot, std::uint32_t token);

    bool fault(std::string_view reason, std::string detail = {});
    bool fault_in(std::string_view key);  // puts a step before the pointer of the fault
    bool fault_in(std::size_t position);
    bool unexpected_type(std::string_view expected);
    bool out_of_range(const Rule& rule, std::string_view what);

    const Tokens* tokens_ = nullptr;
    std::uint32_t at_ = 0;
    Strictness strictness_ = Strictness::strict;
    std::uint32_t deferred_ = 0;
    bool escaped_ = false;                // the last string had escapes, and scratch_ its meaning
    std::string scratch_;                 // the meaning of the last string with escapes
    std::vector<std::string_view> keys_;  // of the open objects around here, one after the other
    std::deque<std::string> owned_keys_;  // those of them that were written with escapes
    std::string_view reason_;
    std::string detail_;
    std::string pointer_;
};

}  // namespace lifeline::contract
