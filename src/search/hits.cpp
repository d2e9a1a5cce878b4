#include "search/hits.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "base/check.h"

namespace lifeline::search {

namespace {

constexpr const char* read_hits =
    "select rowid, phrase_hits(words_{0}) from words_{0} where words_{0} match ?";

template <class T>
T take(std::string_view& bytes) {
    CHECK(bytes.size() >= sizeof(T));
    std::array<char, sizeof(T)> raw{};
    std::ranges::copy(bytes.substr(0, raw.size()), raw.begin());
    bytes.remove_prefix(raw.size());
    return std::bit_cast<T>(raw);
}

}  // namespace

Result<Hits> Hits::read(sql::Database& database, Statements& statements, std::int64_t part,
                        std::string_view match) {
    auto select = statements.of(database, read_hits, part);
    if (!select) return fail(select.error());
    const sql::StatementScope scope(**select);
    (*select)->bind_text(1, match);
    Hits hits;
    for (;;) {
        const auto more = (*select)->step();
        if (!more) return fail(more.error());
        if (!*more) break;
        std::string_view bytes = (*select)->bytes(1);
        if (hits.passages_.empty()) {
            hits.in_texts_.resize(static_cast<std::size_t>(take<std::int64_t>(bytes)));
            hits.texts_ = take<std::int64_t>(bytes);
            hits.tokens_ = take<std::int64_t>(bytes);
            for (auto& texts : hits.in_texts_) texts = take<std::int64_t>(bytes);
        }
        hits.passages_.push_back((*select)->integer(0));
        for (std::size_t n = 0; n < hits.in_texts_.size(); ++n)
            hits.counts_.push_back(take<std::uint32_t>(bytes));
    }
    hits.weigh();
    return hits;
}

void Hits::weigh() {
    if (in_texts_.size() == 1) in_texts_[0] = static_cast<std::int64_t>(passages_.size());
    if (texts_ > 0) tokens_of_one_ = static_cast<double>(tokens_) / static_cast<double>(texts_);
    for (const std::int64_t in : in_texts_) {
        // Below zero where more than half of all texts have it, which would turn the order around.
        const double weight =
            std::log((static_cast<double>(texts_ - in) + 0.5) / (static_cast<double>(in) + 0.5));
        weights_.push_back(weight <= 0 ? 1e-6 : weight);
    }
}

double Hits::rank(std::size_t hit, std::uint32_t tokens) const {
    constexpr double k1 = 1.2;
    constexpr double b = 0.75;
    double score = 0;
    for (std::size_t n = 0; n < weights_.size(); ++n) {
        const auto count = static_cast<double>(counts_[hit * weights_.size() + n]);
        score += weights_[n] *
                 ((count * (k1 + 1)) / (count + k1 * (1 - b + b * tokens / tokens_of_one_)));
    }
    return -score;
}

}  // namespace lifeline::search
