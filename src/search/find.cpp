#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "search/search_store.h"

namespace lifeline::search {

namespace {

// Around what is a hit, in a snippet. Were they in the text itself, a hit would be drawn in the
// wrong place, and nothing else.
constexpr char hit_begins = '\x02';
constexpr char hit_ends = '\x03';

// What the user ?2 of the account ?10 may see: calls they are in, documents shared with those, and
// of their account the documents that are theirs or shared with them (document/access.h).
constexpr std::string_view seen_by_user = R"(
select stream from members where user=?2
union select stream from documents where owner=?2 and account=?10
union select document from shares join documents on stream=document
    where whom=?2 and with_call=0 and account=?10
union select document from shares join streams on name=whom join members on stream=streams.id
    where with_call=1 and user=?2)";

// The same of one passage: who is in thousands of calls asks about the few that fit.
constexpr std::string_view is_seen_by_user = R"(
case p.kind when 'document' then
    exists(select 1 from documents d where d.stream=p.stream and d.account=?10 and (d.owner=?2
        or exists(select 1 from shares where whom=?2 and with_call=0 and document=p.stream)))
    or exists(select 1 from shares join streams on name=whom join members on stream=streams.id
        where document=p.stream and with_call=1 and user=?2)
else exists(select 1 from members where user=?2 and stream=p.stream) end)";

// What the account ?11 sees of others: documents that are shared with its calls.
constexpr std::string_view shared_with_account = R"(
select document from shares join streams on name=whom join parts on parts.id=part
    where with_call=1 and parts.account=?11)";

// The call ?3, and the documents shared with it; to whom the call is a stranger's, none of these.
constexpr std::string_view of_call = R"(
select id from streams where name=?3
union select document from shares where whom=?3 and with_call=1 and (?2='' or exists(
    select 1 from members join streams on streams.id=stream where name=?3 and user=?2)))";

constexpr std::string_view parts_to_read = R"(
select id, account from parts
where (?2='' or id in (select part from streams where id in ({0})))
    and (?11='' or account=?11
        or (?2='' and id in (select part from streams where id in ({1}))))
    and (?3='' or id in (select part from streams where id in ({2})))
order by month desc)";

constexpr std::string_view find_in_part = R"(
select s.name, p.kind, p.key, p.speaker, p.participant, p.at, p.seq,
    snippet(words_{3}, 0, char(2), char(3), '…', 32), rank
from words_{3} join passages_{3} p on p.id=words_{3}.rowid join streams s on s.id=p.stream
where words_{3} match ?1
    and (?2='' or {4}) and (?11='' or p.stream in ({1}))
    and (?3='' or p.stream in ({2}))
    and (?4='' or p.speaker=?4) and (?5='' or p.participant=?5)
    and (?6='' or p.kind=?6) and p.at>=?7 and (?8='' or p.at<?8)
order by rank, p.at desc, p.id desc limit ?9)";

std::string with_rights(std::string_view text, std::int64_t part = 0) {
    return fmt::format(fmt::runtime(text), seen_by_user, shared_with_account, of_call, part,
                       is_seen_by_user);
}

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

Result<std::vector<SearchStore::PartOf>> SearchStore::parts(const Query& query) {
    auto select = view_.database().prepare(with_rights(parts_to_read));
    if (!select) return fail(select.error());
    select->bind_text(2, query.user_id)
        .bind_text(3, query.session_id)
        .bind_text(10, query.user_account_id)
        .bind_text(11, query.account_id);
    std::vector<PartOf> found;
    for (;;) {
        const auto more = select->step();
        if (!more) return fail(more.error());
        if (!*more) return found;
        found.push_back({select->integer(0), std::string(select->text(1))});
    }
}

Result<std::vector<Found>> SearchStore::find(const Query& query) {
    const auto where = parts(query);
    if (!where) return fail(where.error());
    std::vector<Ranked> best;
    for (const auto& [part, account_id] : *where) {
        auto select = view_.database().prepare(with_rights(find_in_part, part));
        if (!select) return fail(select.error());
        // Of its own part the account sees all.
        const bool own = account_id == query.account_id;
        select->bind_text(1, query.match)
            .bind_text(2, query.user_id)
            .bind_text(3, query.session_id)
            .bind_text(4, query.speaker)
            .bind_text(5, query.participant_id)
            .bind_text(6, query.kind)
            .bind_text(7, query.from)
            .bind_text(8, query.until)
            .bind(9, static_cast<std::int64_t>(query.skip + query.limit))
            .bind_text(10, query.user_account_id)
            .bind_text(11, own ? std::string_view("") : query.account_id);
        for (;;) {
            const auto more = select->step();
            if (!more) return fail(more.error());
            if (!*more) break;
            Found found;
            found.kind = select->text(1);
            if (found.kind != "document") found.session_id = select->text(0);
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
        return std::tie(b.found.at, b.found.session_id, b.found.seq, b.found.id) <
               std::tie(a.found.at, a.found.session_id, a.found.seq, a.found.id);
    });
    std::vector<Found> found;
    for (std::size_t i = query.skip; i < best.size() && found.size() < query.limit; ++i)
        found.push_back(std::move(best[i].found));
    return found;
}

}  // namespace lifeline::search
