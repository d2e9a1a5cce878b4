#include "archive/chain_check.h"

#include <fmt/format.h>

#include "journal/merkle.h"
#include "journal/row.h"

namespace lifeline::archive {

ChainCheck::ChainCheck(const Head& head, const Known& known, Report& report)
    : head_(head), report_(report) {
    if (auto key = VerifyKey::ed25519(view(head.key))) key_ = std::move(*key);
    for (const journal::SignedHead& one : known.heads) heads_.emplace(one.head.position, one);
    report_.heads_outside = known.heads.size();
}

Wrong ChainCheck::take(const Row& row) {
    const std::uint64_t stood = row_ ? row_->last_position() : 0;
    if (row.count == 0 || row.count > journal::row_records_max || row.first_position == 0)
        return fmt::format("the row at position {} has no possible place", row.first_position);
    if (row.first_position <= stood)
        return fmt::format("the row at position {} stands a second time or out of its place",
                           row.first_position);
    if (in_segment_ && row.first_position != stood + 1)
        return fmt::format("the row at position {} is missing: the next is at {}", stood + 1,
                           row.first_position);
    if (in_segment_ == row.previous.has_value())
        return fmt::format("the row at position {} {}", row.first_position,
                           in_segment_ ? "does not follow the row before it"
                                       : "does not say what it follows: the row before it or the "
                                         "end of a segment is missing");
    const Digest previous = in_segment_ ? row_->hash : *row.previous;
    const auto epoch = journal::epoch_of(head_.epochs, row.first_position).id();
    const Digest hash = journal::row_digest(
        sha_, {epoch, previous, row.first_position, row.count, row.time}, row.root);
    if (hash != row.hash)
        return fmt::format(
            "the row at position {} was altered, or does not follow the row before "
            "it",
            row.first_position);
    if (!in_segment_) {
        ++report_.segments;
        // Which epoch the row before belongs to is not known here.
        hold_heads(row.first_position - 1, row.first_position - 1, previous, std::nullopt);
    }
    hold_heads(row.first_position, row.last_position(), hash, epoch);
    if (report_.rows++ == 0) report_.first_position = row.first_position;
    report_.last_position = row.last_position();
    in_segment_ = true;
    row_ = row;
    return std::nullopt;
}

Wrong ChainCheck::gap(std::uint64_t seq) const {
    if (seq > seq_ + 1)
        return fmt::format("record seq {} is missing: seq {} stands in its place", seq_ + 1, seq);
    if (seq <= seq_)
        return fmt::format("record seq {} stands a second time or out of its place", seq);
    return std::nullopt;
}

Wrong ChainCheck::take(const Record& record) {
    if (auto wrong = gap(record.seq)) return wrong;
    if (auto wrong = hang(head_.session_id, record)) return wrong;
    seq_ = record.seq;
    return std::nullopt;
}

Wrong ChainCheck::hang(std::string_view stream, const Record& record) {
    const std::string name =
        fmt::format("record seq {} (position {})", record.seq, record.position);
    if (!in_segment_ || record.position < row_->first_position ||
        record.position > row_->last_position())
        return name + " does not stand behind its row";
    if (record.position <= record_position_) return name + " stands before the one that it follows";
    const auto root =
        journal::root_by_path(sha_, leaf_of(sha_, stream, record),
                              record.position - row_->first_position, row_->count, record.path);
    if (root != row_->root)
        return fmt::format("{} was altered, or is not of {}", name,
                           head_.session_id.empty() ? stream : "this call");
    record_position_ = record.position;
    ++report_.records;
    report_.erased += record.erased ? 1 : 0;
    return std::nullopt;
}

Wrong ChainCheck::take(const Anchor& anchor) {
    const journal::SignedHead& one = anchor.signed_head;
    const std::string name =
        fmt::format("the {} at position {}",
                    anchor.kind == Anchor::Kind::seal ? "seal" : "signed head", one.head.position);
    if (!in_segment_) return name + " ends no segment";
    const journal::HeadMark row{.epoch = journal::epoch_of(head_.epochs, row_->first_position).id(),
                                .position = row_->last_position(),
                                .hash = row_->hash};
    if (one.head != row) return name + " is not of the row before it: that or the seal was altered";
    if (one.key_id != report_.key_id || !key_ ||
        !key_->verify(anchor_message(anchor), view(one.signature)))
        return name + " is not signed by the archive's key " + report_.key_id;
    ++(anchor.kind == Anchor::Kind::seal ? report_.seals : report_.heads);
    in_segment_ = false;
    return std::nullopt;
}

Wrong ChainCheck::signed_to_its_end() const {
    if (!in_segment_) return std::nullopt;
    return fmt::format("what was signed of the row at position {} is missing",
                       row_->first_position);
}

Wrong ChainCheck::finish() const {
    if (auto wrong = signed_to_its_end()) return wrong;
    if (seq_ < head_.records)
        return fmt::format("record seq {} is missing: {} are said to be there", seq_ + 1,
                           head_.records);
    if (seq_ > head_.records)
        return fmt::format("record seq {} is one more than are said to be there",
                           head_.records + 1);
    return std::nullopt;
}

// A row has the heads of its last position; one within it never was a head.
void ChainCheck::hold_heads(std::uint64_t first, std::uint64_t last, const Digest& hash,
                            const std::optional<journal::EpochId>& epoch) {
    const auto begin = heads_.lower_bound(first);
    const auto end = heads_.upper_bound(last);
    for (auto one = begin; one != end; ++one) {
        const journal::HeadMark& head = one->second.head;
        --report_.heads_outside;
        if (head.position == last && head.hash == hash && (!epoch || head.epoch == *epoch))
            ++report_.heads_held;
        else
            report_.problems.push_back(
                {Code::corrupt,
                 "checkpoint_differs",
                 journal::describe(one->second) + " is not of the row that the archive has there",
                 {}});
    }
    heads_.erase(begin, end);
}

}  // namespace lifeline::archive
