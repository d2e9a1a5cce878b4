#include "archive/writer.h"

#include <fmt/format.h>

#include <utility>

#include "archive/call_form.h"

namespace lifeline::archive {

namespace {

constexpr std::size_t piece_bytes = 256 * 1024;
// Of rows in one transaction, which keeps the journal's log from being emptied.
constexpr std::size_t read_bytes_max = 4 * 1024 * 1024;

std::unexpected<Error> corrupt(std::uint64_t position, std::string_view what) {
    return fail(Code::corrupt, "journal_corrupt",
                fmt::format("the row at position {} {}", position, what));
}

// Those that a row of the call or one behind it may belong to.
std::vector<journal::Epoch> epochs_from(const std::vector<journal::Epoch>& all,
                                        std::uint64_t position) {
    const journal::Epoch& first = journal::epoch_of(all, position);
    return {all.begin() + (&first - all.data()), all.end()};
}

}  // namespace

Writer::Writer(sql::Database database, journal::SealKey key, Anchors anchors,
               std::vector<journal::Epoch> epochs, Request request)
    : database_(std::move(database)),
      key_(std::move(key)),
      anchors_(std::move(anchors)),
      epochs_(std::move(epochs)),
      request_(std::move(request)),
      form_(request_.form ? request_.form : std::make_shared<CallForm>(request_.session_id)) {}

Result<std::unique_ptr<Writer>> Writer::open(const journal::Folder& folder, Request request) {
    if (request.positions.empty())
        return fail(Code::not_found, "stream_not_found",
                    request.session_id + " has no event in " + folder.path);
    auto key = journal::SealKey::open(folder);
    if (!key) return fail(key.error());
    auto anchors = Anchors::load(folder, *key);
    if (!anchors) return fail(anchors.error());
    auto database = journal::open_journal_file(folder, {.access = sql::Access::read});
    if (!database) return fail(database.error());
    auto epochs = journal::load_epochs(*database);
    if (!epochs) return fail(epochs.error());
    return std::unique_ptr<Writer>(new Writer(std::move(*database), std::move(*key),
                                              std::move(*anchors), std::move(*epochs),
                                              std::move(request)));
}

void Writer::add(std::string& out, const std::string& line) {
    digest_.add(line).add(std::string_view("\n"));
    ++lines_;
    out += line;
    out += '\n';
}

Result<bool> Writer::next(std::string& out) {
    const std::size_t before = out.size();
    if (!std::exchange(begun_, true)) {
        add(out, form_->head({.session_id = {},
                              .epoch = journal::epoch_text(epochs_.back().id()),
                              .records = request_.positions.size(),
                              .exported_at = request_.now,
                              .key = key_.public_key(),
                              .epochs = epochs_from(epochs_, request_.positions.front())}));
        for (const KeyLine& key : request_.keys) add(out, render(key));
    }
    while (!all_written() || in_segment_) {
        bool full = false;
        std::size_t bytes = 0;
        const std::uint64_t after = in_segment_ ? row_.position : request_.positions[written_] - 1;
        const auto read = journal::for_each_row(
            database_, after, [&](const journal::StoredRow& stored) -> Result<bool> {
                auto go_on = take_row(out, stored);
                bytes += stored.body.size();
                full = out.size() - before >= piece_bytes || bytes >= read_bytes_max;
                if (!go_on) return go_on;
                return *go_on && !full;
            });
        if (!read) return fail(read.error());
        if (full) return true;
        if (!in_segment_) continue;
        // The journal's end, as of now.
        if (!all_written()) return corrupt(request_.positions[written_], "is missing");
        end_segment(out, std::nullopt);
    }
    for (const std::string& line : form_->tail(journal::epoch_text(epochs_.back().id())))
        add(out, line);
    const Digest digest = digest_.finish();
    out += render(
        End{.lines = lines_, .digest = digest, .signature = key_.sign(form_->end_message(digest))});
    out += '\n';
    return false;
}

// False where a segment is over: the next one begins elsewhere.
Result<bool> Writer::take_row(std::string& out, const journal::StoredRow& stored) {
    const std::uint64_t first = stored.first_position;
    const auto previous = journal::to_digest(stored.previous);
    if (!previous) return fail(previous.error());
    if (in_segment_ && (first != row_.position + 1 || *previous != row_.hash))
        return corrupt(first, "does not follow the row before it");
    const auto row = journal::RowView::open(stored.body, first, stored.count);
    if (!row) return fail(row.error());
    std::vector<Digest> leaves;
    for (std::uint64_t i = 0; i < row->count(); ++i) {
        const auto record = row->record(i);
        if (!record) return fail(record.error());
        leaves.push_back(journal::leaf_digest(sha_, record->header, inner_of(sha_, *record)));
    }
    const journal::MerkleTree tree(sha_, std::move(leaves));
    Row line{.first_position = first,
             .count = row->count(),
             .time = row->time(),
             .root = tree.root(),
             .hash = {},
             .previous = in_segment_ ? std::nullopt : std::optional(*previous)};
    const journal::EpochId epoch = journal::epoch_of(epochs_, first).id();
    line.hash =
        journal::row_digest(sha_, {epoch, *previous, first, line.count, line.time}, line.root);
    if (stored.hash != view(line.hash)) return corrupt(first, "does not match its hash");
    add(out, render(line));
    in_segment_ = true;
    row_ = {.epoch = epoch, .position = line.last_position(), .hash = line.hash};
    const std::size_t written = written_;
    if (const auto taken = take_records(out, *row, tree); !taken) return fail(taken.error());
    rows_at_rest_ = written_ > written ? 0 : rows_at_rest_ + 1;
    std::optional<Anchor> anchor;
    if (!ends_segment(row_, anchor)) return true;
    end_segment(out, std::move(anchor));
    return false;
}

Status Writer::take_records(std::string& out, const journal::RowView& row,
                            const journal::MerkleTree& tree) {
    while (!all_written() && request_.positions[written_] <= row_.position) {
        const std::uint64_t position = request_.positions[written_];
        const std::uint64_t index = position - row.first_position();
        const auto record = row.record(index);
        if (!record) return fail(record.error());
        const auto stored = stored_event(*record, {position, row.time().wall}, row.time().steady);
        Record line{.seq = record->seq,
                    .position = position,
                    .event_id = stored.event_id,
                    .actor = stored.actor,
                    .cause = stored.cause,
                    .erased = record->erased,
                    .salt = std::string(record->salt),
                    .bytes = stored.bytes,
                    .path = tree.path(index)};
        if (record->erased) line.inner = inner_of(sha_, *record);
        const auto text = form_->record(record->stream, stored, line);
        if (!text) return fail(text.error());
        add(out, *text);
        ++written_;
    }
    return {};
}

bool Writer::ends_segment(const journal::HeadMark& row, std::optional<Anchor>& anchor) const {
    if (!all_written() &&
        request_.positions[written_] - request_.positions[written_ - 1] <= request_.rest_max)
        return false;
    anchor = anchors_.of(row);
    if (rows_at_rest_ >= request_.rest_max) return true;
    // What others were told counts more than what the journal keeps for itself.
    if (anchor && anchor->kind == Anchor::Kind::seal && all_written() &&
        anchors_.published(row.position, request_.positions.back() + request_.rest_max))
        anchor.reset();
    return anchor.has_value();
}

void Writer::end_segment(std::string& out, std::optional<Anchor> anchor) {
    if (!anchor)
        anchor = Anchor{.kind = Anchor::Kind::head,
                        .signed_head = journal::sign_head(key_, row_, request_.now)};
    add(out, render(*anchor));
    in_segment_ = false;
    rows_at_rest_ = 0;
}

}  // namespace lifeline::archive
