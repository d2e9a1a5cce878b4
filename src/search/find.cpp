#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "search/search_store.h"

namespace lifeline::search {

namespace {

// Around what is a hit, in a snippet. Were they in the text itself, a hit would be drawn in the
// wrong place, and nothing else.
constexpr char hit_begins = '\x02';
constexpr char hit_ends = '\x03';

constexpr const char* find_in_part = R"(
select c.session, p.kind, p.key, p.speaker, p.participant, p.at, p.seq,
    snippet(words_{0}, 0, char(2), char(3), '…', 32), rank
from words_{0} join passages_{0} p on p.id=words_{0}.rowid join calls c on c.id=p.call
where words_{0} match ?1
    and (?2='' or p.call in (select call from members where user=?2))
    and (?3='' or c.session=?3) and (?4='' or p.speaker=?4) and (?5='' or p.participant=?5)
    and (?6='' or p.kind=?6) and p.at>=?7 and (?8='' or p.at<?8)
order by rank, p.at desc, p.id desc limit ?9
)";

struct Ranked {
    double rank = 0;
    Found found;
};

std::vector<Piece> pieces_of(std::string_view snippet) {
    std::vector<Piece> pieces;
    bool hit = false;
    std::string text;
    const auto end = [&](bool next) {
        if (!text.empty()) pieces.push_back({std::exchange(text, {}), hit});
        hit = next;
    };
    for (const char c : snippet) {
        if (c == hit_begins || c == hit_ends)
            end(c == hit_begins);
        else
            text += c;
    }
    end(false);
    return pieces;
}

}  // namespace

// The account's, and of a user those in which they are.
Result<std::vector<std::int64_t>> SearchStore::parts(const Query& query) {
    auto select = view_.database().prepare(
        "select id from parts where (?1='' or account=?1) and (?2='' or id in (select part from "
        "calls join members on members.call=calls.id where user=?2)) and (?3='' or id in (select "
        "part from calls where session=?3)) order by month desc");
    if (!select) return fail(select.error());
    select->bind_text(1, query.account_id)
        .bind_text(2, query.user_id)
        .bind_text(3, query.session_id);
    std::vector<std::int64_t> found;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return found;
        found.push_back(select->integer(0));
    }
}

Result<std::vector<Found>> SearchStore::find(const Query& query) {
    const auto where = parts(query);
    if (!where) return fail(where.error());
    std::vector<Ranked> best;
    for (const std::int64_t part : *where) {
        auto select = view_.database().prepare(fmt::format(fmt::runtime(find_in_part), part));
        if (!select) return fail(select.error());
        select->bind_text(1, query.match)
            .bind_text(2, query.user_id)
            .bind_text(3, query.session_id)
            .bind_text(4, query.speaker)
            .bind_text(5, query.participant_id)
            .bind_text(6, query.kind)
            .bind_text(7, query.from)
            .bind_text(8, query.until)
            .bind(9, static_cast<std::int64_t>(query.skip + query.limit));
        for (;;) {
            const auto more = select->step();
            if (!more) return fail(more.error());
            if (!*more) break;
            Found found;
            found.session_id = select->text(0);
            found.kind = select->text(1);
            found.id = select->text(2);
            found.speaker = select->text(3);
            found.participant_id = select->text(4);
            found.at = select->text(5);
            found.seq = select->natural(6);
            found.snippet = pieces_of(select->text(7));
            best.push_back({select->real(8), std::move(found)});
        }
    }
    std::ranges::sort(best, [](const Ranked& a, const Ranked& b) {
        if (a.rank != b.rank) return a.rank < b.rank;
        return std::tie(b.found.at, b.found.session_id, b.found.seq) <
               std::tie(a.found.at, a.found.session_id, a.found.seq);
    });
    std::vector<Found> found;
    for (std::size_t i = query.skip; i < best.size() && found.size() < query.limit; ++i)
        found.push_back(std::move(best[i].found));
    return found;
}

}  // namespace lifeline::search
