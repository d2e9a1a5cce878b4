#include "search/facts.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/clock.h"

namespace lifeline::search {

namespace {

constexpr std::int64_t in_block = 4'096;

constexpr const char* read_block = "select facts from facts_{0} where block=?";
constexpr const char* write_block = "insert or replace into facts_{0} values(?,?)";
constexpr const char* remove_block = "delete from facts_{0} where block=?";
constexpr const char* read_passage =
    "select p.stream, p.kind, p.speaker, p.participant, p.at, d.sz from passages_{0} p "
    "join words_{0}_docsize d on d.id=p.id where p.id=?";

std::uint16_t place_of(std::int64_t passage) {
    return static_cast<std::uint16_t>(passage % in_block);
}

// The index has one column; how many tokens a text has stands there as a number of seven bits a
// byte, the highest first.
std::uint32_t tokens_of(std::string_view size) {
    std::uint32_t tokens = 0;
    for (const char c : size) {
        tokens = (tokens << 7U) | (static_cast<unsigned char>(c) & 0x7FU);
        if ((static_cast<unsigned char>(c) & 0x80U) == 0) break;
    }
    return tokens;
}

Status load(sql::Database& database, Statements& statements, std::int64_t part, std::int64_t block,
            std::vector<Fact>& facts) {
    facts.clear();
    auto select = statements.of(database, read_block, part);
    if (!select) return fail(select.error());
    const sql::StatementScope scope(**select);
    const auto found = (*select)->bind(1, block).step();
    if (!found) return fail(found.error());
    if (!*found) return {};
    const std::string_view bytes = (*select)->bytes(0);
    facts.resize(bytes.size() / sizeof(Fact));
    std::memcpy(facts.data(), bytes.data(), facts.size() * sizeof(Fact));
    return {};
}

Status store(sql::Database& database, Statements& statements, std::int64_t part, std::int64_t block,
             const std::vector<Fact>& facts) {
    auto write = statements.of(database, facts.empty() ? remove_block : write_block, part);
    if (!write) return fail(write.error());
    const sql::StatementScope scope(**write);
    (*write)->bind(1, block);
    if (!facts.empty())
        (*write)->bind_bytes(
            2, {reinterpret_cast<const char*>(facts.data()), facts.size() * sizeof(Fact)});
    return (*write)->run();
}

// Nothing where it is not in the index any more.
Result<std::optional<Fact>> fact_of(sql::Database& database, Statements& statements,
                                    std::int64_t part, std::int64_t passage) {
    auto select = statements.of(database, read_passage, part);
    if (!select) return fail(select.error());
    const sql::StatementScope scope(**select);
    sql::Statement& row = **select;
    const auto found = row.bind(1, passage).step();
    if (!found) return fail(found.error());
    if (!*found) return std::nullopt;
    const auto at = parse_rfc3339(row.text(4));
    return Fact{.at_ms = at ? at->time_since_epoch().count() : 0,
                .stream = static_cast<std::uint32_t>(row.natural(0)),
                .tokens = tokens_of(row.bytes(5)),
                .participant = hash_of_name(row.text(3)),
                .place = place_of(passage),
                .speaker = static_cast<std::uint8_t>(hash_of_name(row.text(2))),
                .kind = static_cast<std::uint8_t>(hash_of_name(row.text(1)))};
}

}  // namespace

std::uint32_t hash_of_name(std::string_view name) {
    std::uint32_t hash = 2'166'136'261U;  // FNV-1a.
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U;
    return hash;
}

Result<const Fact*> FactReader::of(std::int64_t passage) {
    if (from_ == From::rows) {
        const auto fact = fact_of(database_, statements_, part_, passage);
        if (!fact) return fail(fact.error());
        if (!*fact) return nullptr;
        facts_.assign(1, **fact);
        return facts_.data();
    }
    if (const std::int64_t block = passage / in_block; block != block_) {
        if (const auto done = load(database_, statements_, part_, block, facts_); !done)
            return fail(done.error());
        block_ = block;
        next_ = 0;
    }
    const std::uint16_t place = place_of(passage);
    while (next_ < facts_.size() && facts_[next_].place < place) ++next_;
    if (next_ == facts_.size() || facts_[next_].place != place) return nullptr;
    return &facts_[next_];
}

Status FactWriter::finish(sql::Database& database, Statements& statements) {
    std::vector<Fact> facts;
    for (auto one = touched_.begin(); one != touched_.end();) {
        const auto [part, first] = *one;
        const std::int64_t block = first / in_block;
        if (const auto done = load(database, statements, part, block, facts); !done) return done;
        for (; one != touched_.end() && one->first == part && one->second / in_block == block;
             ++one) {
            const auto fact = fact_of(database, statements, part, one->second);
            if (!fact) return fail(fact.error());
            const auto at =
                std::ranges::lower_bound(facts, place_of(one->second), {}, &Fact::place);
            const bool known = at != facts.end() && at->place == place_of(one->second);
            if (*fact && known)
                *at = **fact;
            else if (*fact)
                facts.insert(at, **fact);
            else if (known)
                facts.erase(at);
        }
        if (const auto done = store(database, statements, part, block, facts); !done) return done;
    }
    touched_.clear();
    return {};
}

}  // namespace lifeline::search
