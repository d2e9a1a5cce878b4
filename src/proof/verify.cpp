#include "proof/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <set>
#include <string_view>
#include <utility>

#include "archive/chain_check.h"
#include "archive/line_reader.h"
#include "base/text.h"
#include "proof/difference.h"
#include "proof/line.h"
#include "proof/name.h"
#include "proof/recount.h"

namespace lifeline::proof {

namespace {

using archive::Wrong;
using contract::Json;

constexpr std::size_t problems_max = 100;

Error altered(std::string what) {
    return {Code::corrupt, "archive_altered", std::move(what), {}};
}

// Goes through the lines in their order, up to the first that is not as it was written. What was
// written and should not have been is a problem, and it goes on.
class Reading {
public:
    Reading(const Head& head, const archive::Known& known, Recount& recount, Report& report)
        : head_(head),
          report_(report),
          chain_(head.journal, known, report.journal),
          recount_(recount) {}

    // `digest` is of all lines before this one.
    Wrong take(std::string_view line, const Digest& digest, std::uint64_t number) {
        if (over_) return fmt::format("line {} stands behind the end", number);
        if (is_statement(line)) return take_statement(line, number);
        const auto kind = archive::kind_of(line);
        if (stated_ && kind != archive::Kind::end)
            return fmt::format("line {} stands behind the statement", number);
        using enum archive::Kind;
        switch (kind.value_or(transcript)) {
            case head:
                return fmt::format("line {} is a second head", number);
            case key:
                return take_key(line, number);
            case row:
                return take(archive::read_row(line), "row", number);
            case record:
                return take_record(line, number);
            case anchor:
                return take(archive::read_anchor(line), "anchor", number);
            case end:
                return take_end(line, digest, number);
            case transcript:
            case decision:
                return fmt::format("line {} is none of a statement's proof", number);
        }
        std::unreachable();
    }
    Wrong finish(std::uint64_t lines, bool ended) const {
        if (!over_)
            return fmt::format("the file ends with line {}: its last lines are missing", lines);
        if (!ended) return fmt::format("line {} is cut short", lines);
        return std::nullopt;
    }

private:
    static std::string not_as_written(std::string_view kind, std::uint64_t number) {
        return fmt::format("line {} ({}) is not as it was written", number, kind);
    }
    template <class T>
    Wrong take(const std::optional<T>& read, std::string_view kind, std::uint64_t number) {
        if (!read) return not_as_written(kind, number);
        auto wrong = chain_.take(*read);
        if (wrong) *wrong = fmt::format("line {}: {}", number, *wrong);
        return wrong;
    }
    Wrong take_key(std::string_view line, std::uint64_t number) {
        const auto key = archive::read_key(line);
        if (!key) return not_as_written("key", number);
        if (report_.journal.rows > 0)
            return fmt::format("line {} (key) stands behind the first row", number);
        if (const auto taken = recount_.take(*key); !taken)
            return fmt::format("line {} (key): {}", number, taken.error().detail);
        return std::nullopt;
    }
    Wrong take_record(std::string_view line, std::uint64_t number) {
        const auto read = read_record(line);
        if (!read)
            return fmt::format("{}: it is where record {} was", not_as_written("record", number),
                               records_ + 1);
        const std::string name = fmt::format("line {}, {}", number, name_of(read->event.bytes));
        if (read->number > records_ + 1)
            return fmt::format("record {} is missing: record {} stands in its place ({})",
                               records_ + 1, read->number, name);
        if (read->number <= records_)
            return fmt::format("{}: record {} stands a second time or out of its place", name,
                               read->number);
        if (const auto wrong = chain_.hang(read->stream, read->event))
            return fmt::format("{}: {}", name, *wrong);
        records_ = read->number;
        if (const auto wrong = recount_.take(*read);
            wrong && report_.problems.size() < problems_max)
            report_.problems.push_back(altered(fmt::format("{} {}", name, *wrong)));
        return std::nullopt;
    }
    Wrong take_statement(std::string_view line, std::uint64_t number) {
        if (stated_) return fmt::format("line {} is a second statement", number);
        if (auto wrong = chain_.signed_to_its_end()) return wrong;
        if (records_ < head_.journal.records)
            return fmt::format("record {} is missing before line {}: {} are said to be there",
                               records_ + 1, number, head_.journal.records);
        if (records_ > head_.journal.records)
            return fmt::format("record {} is one more than are said to be there",
                               head_.journal.records + 1);
        stated_ = true;
        if (const auto wrong = recount_.wrong_with_head())
            report_.problems.push_back(altered("line 1 (head) " + *wrong));
        const auto statement = read_statement(line);
        if (!statement) return not_as_written("statement", number);
        const auto said = Json::parse(*statement);
        if (!said) return not_as_written("statement", number);
        report_.currency = said->text("currency").value_or("");
        report_.total = said->text("total").value_or("");
        const auto counted = recount_.statement_json();
        if (!counted)
            return fmt::format("line {} (statement): its charges come to no statement: {}", number,
                               counted.error().detail);
        if (*counted == *statement) return std::nullopt;
        const auto found = first_difference(*said, *Json::parse(*counted));
        if (!found) return not_as_written("statement", number);
        return fmt::format("line {} (statement) says {} {} where its charges come to {}", number,
                           found->pointer, found->said, found->expected);
    }
    Wrong take_end(std::string_view line, const Digest& digest, std::uint64_t number) {
        if (!stated_) return fmt::format("before line {} the statement is missing", number);
        const auto end = archive::read_end(line);
        if (!end || end->lines != number - 1) return not_as_written("end", number);
        // Whatever else could be said of a record was said before it came to this.
        if (end->digest != digest)
            return "every record is as it was written, but not what was said of them all (the "
                   "first line): the whole has another digest";
        const auto key = VerifyKey::ed25519(view(head_.journal.key));
        if (!key || !key->verify(end_message(digest), view(end->signature)))
            return "the whole is not signed by the file's key " + report_.journal.key_id;
        over_ = true;
        return std::nullopt;
    }

    const Head& head_;
    Report& report_;
    archive::ChainCheck chain_;
    Recount& recount_;
    std::uint64_t records_ = 0;
    bool stated_ = false;
    bool over_ = false;
};

// Whether the calls' archives have the records, as they are here and with what they rest on.
void hold_against(const archive::Report& call, const Recount& recount, Report& report) {
    ++report.archives;
    for (const Error& problem : call.problems) {
        Error one = problem;
        one.detail = fmt::format("the archive of {}: {}", call.session_id, one.detail);
        report.problems.push_back(std::move(one));
    }
    const auto wrong = [&](std::string what) {
        report.problems.push_back({Code::corrupt, "record_altered", std::move(what), {}});
    };
    if (call.key_id != report.journal.key_id)
        wrong(fmt::format("the archive of {} is signed by key {}, the statement by {}",
                          call.session_id, call.key_id, report.journal.key_id));
    const auto [from, to] = recount.usage().equal_range(call.session_id);
    for (auto one = from; one != to; ++one) {
        const auto& [id, payload] = one->second;
        const auto found = call.usage_digests.find(id);
        if (found == call.usage_digests.end())
            wrong(fmt::format("usage record {} is not in the archive of {}", id, call.session_id));
        else if (found->second != payload)
            wrong(fmt::format("usage record {} is another one in the archive of {}", id,
                              call.session_id));
        else
            ++report.evidence;
    }
}

// The first call of which there is a second archive: what is found in both would count twice.
const archive::Report* given_twice(std::span<const archive::Report> archives) {
    std::set<std::string_view> calls;
    const auto again = std::ranges::find_if(
        archives, [&](const archive::Report& one) { return !calls.insert(one.session_id).second; });
    return again == archives.end() ? nullptr : &*again;
}

void count(const Recount& recount, Report& report) {
    const auto& counts = recount.counts();
    report.cards = counts.cards;
    report.charges = counts.charges;
    report.adjustments = counts.adjustments;
    report.by_hand = counts.by_hand;
    report.costs = counts.costs;
    report.costs_unchecked = counts.cost_card ? 0 : counts.costs;
    report.closed = counts.closed;
    report.usage = recount.usage().size();
}

}  // namespace

Result<Report> verify(std::istream& in, const archive::Known& known,
                      std::span<const archive::Report> archives) {
    const auto invalid = [] {
        return fail(Code::malformed, "archive_invalid",
                    fmt::format("it does not begin with the head of a {}", format_name));
    };
    if (const auto* twice = given_twice(archives))
        return fail(Code::malformed, "query_invalid",
                    fmt::format("the archive of {} is given twice: give one", twice->session_id));
    archive::LineReader lines(in);
    std::string line;
    if (!lines.next(line) || !begins(line)) return invalid();
    const auto head = read_head(line);
    if (!head) return invalid();
    Report report{.account_id = head->account_id,
                  .period = text_of(head->month),
                  .currency = {},
                  .total = {},
                  .journal = {.session_id = {},
                              .epoch = head->journal.epoch,
                              .exported_at = head->journal.exported_at,
                              .key_id = journal::key_id(head->journal.key),
                              .public_key = to_hex(head->journal.key),
                              .key_known = known.key == head->journal.key,
                              .problems = {}}};
    if (known.key && !report.journal.key_known) {
        report.problems.push_back(
            altered(fmt::format("it is signed by key {}, not by {}", report.journal.key_id,
                                journal::key_id(*known.key))));
        return report;
    }
    auto recount = Recount::open(*head);
    if (!recount) return fail(recount.error());
    Reading reading(*head, known, **recount, report);
    std::string before = line + "\n";
    Sha256 sha;  // Of what came before the line.
    Wrong wrong;
    while (!wrong && lines.next(line)) {
        sha.add(before);
        before = line + "\n";
        const Digest digest =
            archive::kind_of(line) == archive::Kind::end ? sha.finish() : Digest{};
        wrong = reading.take(line, digest, lines.number());
    }
    if (!wrong && lines.too_long()) wrong = lines.why();
    if (!wrong) wrong = reading.finish(lines.number(), lines.ended());
    count(**recount, report);
    if (wrong) report.problems.push_back(altered(std::move(*wrong)));
    for (const Error& problem : report.journal.problems) report.problems.push_back(problem);
    for (const archive::Report& call : archives) hold_against(call, **recount, report);
    return report;
}

}  // namespace lifeline::proof
