#include "archive/verify.h"

#include <fmt/format.h>

#include <istream>
#include <utility>

#include "archive/chain_check.h"
#include "archive/derived.h"
#include "archive/line.h"
#include "archive/line_reader.h"
#include "archive/usage_check.h"
#include "base/text.h"

namespace lifeline::archive {

namespace {

// Goes through the lines in their order and stops at the first that is not as it was written.
class Reading {
public:
    Reading(const Head& head, const Known& known, Report& report)
        : head_(head),
          report_(report),
          chain_(head, known, report),
          derived_(head.session_id),
          usage_(head) {}

    // `digest` is of all lines before this one.
    Wrong take(std::string_view line, const Digest& digest, std::uint64_t number) {
        if (over_) return fmt::format("line {} stands behind the end", number);
        const auto kind = kind_of(line);
        if (!kind) return fmt::format("line {} is none of an archive", number);
        if (*kind >= Kind::transcript && !reading_derived_) {
            if (auto wrong = chain_.finish()) return wrong;
            expected_ = derived_.lines(head_.epoch, head_.records);
            reading_derived_ = true;
        }
        if (*kind < Kind::transcript && reading_derived_)
            return fmt::format("line {} ({}) stands behind the transcript", number, to_text(*kind));
        switch (*kind) {
            case Kind::head:
                return fmt::format("line {} is a second head", number);
            case Kind::key:
                return take_key(line, number);
            case Kind::row:
                return take(read_row(line), *kind, number);
            case Kind::record:
                return take_record(line, number);
            case Kind::anchor:
                return take(read_anchor(line), *kind, number);
            case Kind::transcript:
            case Kind::decision:
                return take_derived(line, *kind, number);
            case Kind::end:
                return take_end(line, digest, number);
        }
        std::unreachable();
    }
    Wrong finish(std::uint64_t lines, bool ended) const {
        if (!over_)
            return fmt::format("the archive ends with line {}: its last lines are missing", lines);
        if (!ended) return fmt::format("line {} is cut short", lines);
        return std::nullopt;
    }

private:
    static std::string not_as_written(Kind kind, std::uint64_t number) {
        return fmt::format("line {} ({}) is not as it was written", number, to_text(kind));
    }
    template <class T>
    Wrong take(const std::optional<T>& read, Kind kind, std::uint64_t number) {
        return read ? chain_.take(*read) : not_as_written(kind, number);
    }
    Wrong take_key(std::string_view line, std::uint64_t number) {
        const auto key = read_key(line);
        if (!key) return not_as_written(Kind::key, number);
        if (report_.rows > 0)
            return fmt::format("line {} (key) stands behind the first row", number);
        if (const auto taken = usage_.take(*key); !taken)
            return fmt::format("line {} (key): {}", number, taken.error().detail);
        return std::nullopt;
    }
    Wrong take_record(std::string_view line, std::uint64_t number) {
        const auto record = read_record(line);
        auto wrong = take(record, Kind::record, number);
        // Also of one that was altered here: then it says which usage that was.
        if (record)
            if (auto altered = usage_.take(*record))
                report_.problems.push_back(*std::move(altered));
        report_.usage = usage_.records();
        if (wrong) {
            // Which record it was is all that can be said of what cannot be read.
            if (!record)
                *wrong += fmt::format(": it is where record seq {} was", report_.records + 1);
            return wrong;
        }
        derived_.take({.seq = record->seq,
                       .event_id = record->event_id,
                       .actor = record->actor,
                       .cause = record->cause,
                       .recorded_at = chain_.recorded_at(),
                       .bytes = record->bytes,
                       .erased = record->erased,
                       .position = record->position});
        return std::nullopt;
    }
    Wrong take_derived(std::string_view line, Kind kind, std::uint64_t number) {
        if (derived_lines_ < expected_.size() && expected_[derived_lines_] == line) {
            ++derived_lines_;
            return std::nullopt;
        }
        return fmt::format("line {} ({}) is not what the events say", number, to_text(kind));
    }
    Wrong take_end(std::string_view line, const Digest& digest, std::uint64_t number) {
        if (derived_lines_ < expected_.size())
            return fmt::format("before line {} a line that the events say is missing: {}", number,
                               derived_lines_ == 0 ? "the transcript" : "a decision");
        const auto end = read_end(line);
        if (!end || end->lines != number - 1) return not_as_written(Kind::end, number);
        // Whatever else could be said of a record was said before it came to this.
        if (end->digest != digest)
            return "every record is as it was written, but not what was said of them all (the "
                   "first line): the whole has another digest";
        const auto key = VerifyKey::ed25519(view(head_.key));
        if (!key || !key->verify(end_message(digest), view(end->signature)))
            return "the whole is not signed by the archive's key " + report_.key_id;
        over_ = true;
        report_.usage_digests = usage_.digests();
        return std::nullopt;
    }

    const Head& head_;
    Report& report_;
    ChainCheck chain_;
    Derived derived_;
    UsageCheck usage_;
    std::vector<std::string> expected_;
    std::size_t derived_lines_ = 0;
    bool reading_derived_ = false;
    bool over_ = false;
};

}  // namespace

Result<Report> verify(std::istream& in, const Known& known) {
    const auto invalid = [] {
        return fail(Code::malformed, "archive_invalid",
                    fmt::format("it does not begin with the head of a {}", format_name));
    };
    LineReader lines(in);
    std::string line;
    if (!lines.next(line) || kind_of(line) != Kind::head) return invalid();
    const auto head = read_head(line);
    if (!head) return invalid();
    Report report{.session_id = head->session_id,
                  .epoch = head->epoch,
                  .exported_at = head->exported_at,
                  .key_id = journal::key_id(head->key),
                  .public_key = to_hex(head->key),
                  .key_known = known.key == head->key,
                  .problems = {}};
    const auto altered = [&report](std::string what) {
        report.problems.insert(report.problems.begin(),
                               {Code::corrupt, "archive_altered", std::move(what), {}});
        return report;
    };
    if (known.key && !report.key_known)
        return altered(fmt::format("it is signed by key {}, not by {}", report.key_id,
                                   journal::key_id(*known.key)));
    Reading reading(*head, known, report);
    std::string before = line + "\n";
    Sha256 sha;  // Of what came before the line.
    while (lines.next(line)) {
        sha.add(before);
        before = line + "\n";
        const bool last = kind_of(line) == Kind::end;
        const Digest digest = last ? sha.finish() : Digest{};
        if (auto wrong = reading.take(line, digest, lines.number()))
            return altered(std::move(*wrong));
    }
    if (lines.too_long()) return altered(lines.why());
    if (auto wrong = reading.finish(lines.number(), lines.ended()))
        return altered(std::move(*wrong));
    return report;
}

}  // namespace lifeline::archive
