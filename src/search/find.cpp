#include <algorithm>
#include <tuple>
#include <utility>

#include "base/clock.h"
#include "search/hits.h"
#include "search/search_store.h"

namespace lifeline::search {

namespace {

// Around what is a hit, in a snippet. Were they in the text itself, a hit would be drawn in the
// wrong place, and nothing else.
constexpr char hit_begins = '\x02';
constexpr char hit_ends = '\x03';

// The calls that the user ?1 is in, of the part {0}.
constexpr const char* calls_in_part = "select stream from members where user=? and part={0}";

// Where there may be something for who asks; what they may see of it is asked of each row. For a
// user: where they are in calls, where documents are that were shared with calls of there, and
// where their own are and those shared with them. For an account: its own, and where documents are
// that were shared with its calls.
constexpr const char* parts_to_read = R"(
with recursive own(part) as (
    select min(part) from members where user=?2
    union all select (select min(part) from members where user=?2 and part>own.part) from own
        where part is not null)
select id, account from parts
where (?2='' or id in (
        select part from own
        union select of_document from shares where of_call in (select part from own)
        union select part from documents join streams on id=stream where owner=?2
        union select of_document from shares where whom=?2 and with_call=0))
    and (?11='' or account=?11 or (?2='' and id in (
        select of_document from shares join parts c on c.id=of_call where c.account=?11)))
    and (?3='' or id in (
        select part from streams where name=?3
        union select of_document from shares where whom=?3 and with_call=1))
    and (?8='' or month<?8))";

// The user ?2 of the account ?10 may see calls they are in, documents shared with those, and of
// their account the documents that are theirs or shared with them (document/access.h). The account
// ?11 sees of others the documents that are shared with its calls. Of the call ?3, and the
// documents shared with it; to whom the call is a stranger's, none of these.
constexpr const char* passage_of = R"(
select s.name, p.kind, p.key, p.speaker, p.participant, p.at, p.seq
from passages_{0} p join streams s on s.id=p.stream
where p.id=?1
    and (?2='' or case p.kind when 'document' then
        exists(select 1 from documents d where d.stream=p.stream and d.account=?10 and (d.owner=?2
            or exists(select 1 from shares where whom=?2 and with_call=0 and document=p.stream)))
        or exists(select 1 from shares join streams c on c.name=whom join members m
            on m.user=?2 and m.part=c.part and m.stream=c.id
            where document=p.stream and with_call=1)
        else exists(select 1 from members where user=?2 and part=s.part and stream=p.stream) end)
    and (?11='' or exists(select 1 from shares join streams c on c.name=whom
        join parts on parts.id=c.part
        where document=p.stream and with_call=1 and parts.account=?11))
    and (?3='' or s.name=?3 or exists(select 1 from shares join streams c on c.name=whom
        where document=p.stream and with_call=1 and whom=?3
            and (?2='' or exists(
                select 1 from members m where m.user=?2 and m.part=c.part and m.stream=c.id))
            and (?11='' or exists(select 1 from parts where id=c.part and account=?11))))
    and (?4='' or p.speaker=?4) and (?5='' or p.participant=?5)
    and (?6='' or p.kind=?6) and p.at>=?7 and (?8='' or p.at<?8))";

constexpr const char* snippet_of =
    "select snippet(words_{0}, 0, char(2), char(3), '…', 32) from words_{0} "
    "where words_{0} match ?1 and rowid=?2";

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

// So few are looked at one by one.
constexpr std::size_t few_hits = 64;

// A day stands for its beginning.
std::optional<std::int64_t> ms_of(std::string_view time) {
    const auto at =
        parse_rfc3339(time.size() == 10 ? std::string(time) + "T00:00:00.000Z" : std::string(time));
    if (!at) return std::nullopt;
    return at->time_since_epoch().count();
}

void bind_question(sql::Statement& select, const Query& query, std::string_view account_id) {
    select.bind_text(2, query.user_id)
        .bind_text(3, query.session_id)
        .bind_text(4, query.speaker)
        .bind_text(5, query.participant_id)
        .bind_text(6, query.kind)
        .bind_text(7, query.from)
        .bind_text(8, query.until)
        .bind_text(10, query.user_account_id)
        .bind_text(11, account_id);
}

}  // namespace

// What can be told of a passage by its facts: whoever is told apart here is not looked at again.
class SearchStore::Sieve {
public:
    explicit Sieve(const Query& query)
        : from_(ms_of(query.from)),
          until_(ms_of(query.until)),
          speaker_(hash(query.speaker)),
          participant_(hash(query.participant_id)),
          kind_(hash(query.kind)),
          document_(static_cast<std::uint8_t>(hash_of_name("document"))) {}

    // Of calls only these; their numbers.
    void keep_calls(std::vector<std::uint32_t> calls) {
        std::ranges::sort(calls);
        calls_ = std::move(calls);
    }
    bool passes(const Fact& fact) const {
        return (!from_ || fact.at_ms >= *from_) && (!until_ || fact.at_ms < *until_) &&
               (!speaker_ || fact.speaker == static_cast<std::uint8_t>(*speaker_)) &&
               (!participant_ || fact.participant == *participant_) &&
               (!kind_ || fact.kind == static_cast<std::uint8_t>(*kind_)) &&
               (!calls_ || fact.kind == document_ ||
                std::ranges::binary_search(*calls_, fact.stream));
    }

private:
    static std::optional<std::uint32_t> hash(const std::string& name) {
        if (name.empty()) return std::nullopt;
        return hash_of_name(name);
    }

    std::optional<std::int64_t> from_;
    std::optional<std::int64_t> until_;
    std::optional<std::uint32_t> speaker_;
    std::optional<std::uint32_t> participant_;
    std::optional<std::uint32_t> kind_;
    std::uint8_t document_;
    std::optional<std::vector<std::uint32_t>> calls_;
};

Result<std::vector<SearchStore::PartOf>> SearchStore::parts(const Query& query) {
    auto select = desk_->statements.of(view_.database(), parts_to_read, 0);
    if (!select) return fail(select.error());
    const sql::StatementScope scope(**select);
    sql::Statement& row = **select;
    row.bind_text(2, query.user_id)
        .bind_text(3, query.session_id)
        .bind_text(8, query.until)
        .bind_text(11, query.account_id);
    std::vector<PartOf> found;
    for (;;) {
        const auto more = row.step();
        if (!more) return fail(more.error());
        if (!*more) return found;
        const std::string_view account_id = row.text(1);
        // Of its own part the account sees all.
        found.push_back({row.integer(0), account_id == query.account_id ? "" : query.account_id});
    }
}

// Which of the user's calls there are matters only to who has many hits to choose from; and who is
// in more calls than have hits is asked row by row.
Status SearchStore::keep_own_calls(const Query& query, std::int64_t part, std::size_t hits,
                                   Sieve& sieve) {
    if (query.user_id.empty() || hits <= few_hits) return {};
    auto select = desk_->statements.of(view_.database(), calls_in_part, part);
    if (!select) return fail(select.error());
    const sql::StatementScope scope(**select);
    (*select)->bind_text(1, query.user_id);
    std::vector<std::uint32_t> calls;
    while (calls.size() <= 4 * hits) {
        const auto more = (*select)->step();
        if (!more) return fail(more.error());
        if (!*more) {
            sieve.keep_calls(std::move(calls));
            return {};
        }
        calls.push_back(static_cast<std::uint32_t>((*select)->natural(0)));
    }
    return {};
}

Status SearchStore::add_candidates(const Query& query, const PartOf& part,
                                   std::vector<Candidate>& candidates) {
    const auto hits = Hits::read(view_.database(), desk_->statements, part.number, query.match);
    if (!hits) return fail(hits.error());
    Sieve sieve(query);
    if (const auto done = keep_own_calls(query, part.number, hits->size(), sieve); !done)
        return done;
    FactReader facts(view_.database(), desk_->statements, part.number,
                     hits->size() <= few_hits ? FactReader::From::rows : FactReader::From::blocks);
    for (std::size_t hit = 0; hit < hits->size(); ++hit) {
        const auto fact = facts.of(hits->passage(hit));
        if (!fact) return fail(fact.error());
        if (*fact == nullptr || !sieve.passes(**fact)) continue;
        candidates.push_back({.rank = hits->rank(hit, (*fact)->tokens),
                              .at_ms = (*fact)->at_ms,
                              .passage = hits->passage(hit),
                              .part = &part});
    }
    return {};
}

// Nothing where it is not for who asks.
Result<std::optional<Found>> SearchStore::look_at(const Query& query, const Candidate& candidate) {
    auto select = desk_->statements.of(view_.database(), passage_of, candidate.part->number);
    if (!select) return fail(select.error());
    const sql::StatementScope scope(**select);
    sql::Statement& row = **select;
    bind_question(row.bind(1, candidate.passage), query, candidate.part->as_account);
    const auto seen = row.step();
    if (!seen) return fail(seen.error());
    if (!*seen) return std::nullopt;
    Found found;
    found.kind = row.text(1);
    if (found.kind != "document") found.session_id = row.text(0);
    found.id = row.text(2);
    found.speaker = row.text(3);
    found.participant_id = row.text(4);
    found.at = row.text(5);
    found.seq = row.natural(6);
    return found;
}

Result<std::vector<Piece>> SearchStore::snippet(const Query& query, const Candidate& candidate) {
    auto select = desk_->statements.of(view_.database(), snippet_of, candidate.part->number);
    if (!select) return fail(select.error());
    const sql::StatementScope scope(**select);
    const auto row = (*select)->bind_text(1, query.match).bind(2, candidate.passage).step();
    if (!row) return fail(row.error());
    return *row ? pieces_of((*select)->text(0)) : std::vector<Piece>();
}

Result<std::vector<Found>> SearchStore::find(const Query& query) {
    const auto where = parts(query);
    if (!where) return fail(where.error());
    std::vector<Candidate> candidates;
    for (const PartOf& part : *where)
        if (const auto done = add_candidates(query, part, candidates); !done)
            return fail(done.error());
    // The best first, as far as they are wanted.
    const auto is_worse = [](const Candidate& a, const Candidate& b) {
        return std::tuple(-a.rank, a.at_ms, a.passage, a.part->number) <
               std::tuple(-b.rank, b.at_ms, b.passage, b.part->number);
    };
    std::ranges::make_heap(candidates, is_worse);
    std::vector<Found> found;
    for (std::size_t seen = 0; found.size() < query.limit && !candidates.empty();) {
        std::ranges::pop_heap(candidates, is_worse);
        const Candidate candidate = candidates.back();
        candidates.pop_back();
        auto one = look_at(query, candidate);
        if (!one) return fail(one.error());
        if (!*one || ++seen <= query.skip) continue;
        auto pieces = snippet(query, candidate);
        if (!pieces) return fail(pieces.error());
        (*one)->snippet = *std::move(pieces);
        found.push_back(**std::move(one));
    }
    return found;
}

}  // namespace lifeline::search
