#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/anchors.h"
#include "archive/form.h"
#include "archive/line.h"
#include "journal/journal_file.h"
#include "journal/merkle.h"
#include "journal/row.h"
#include "journal/seal_key.h"
#include "sql/database.h"

namespace lifeline::archive {

// Of which call an archive is written, and where its events stand: their positions, from its first
// on without a gap. Or of something else, by a form of its own and wherever its events stand.
struct Request {
    std::string session_id;
    std::vector<std::uint64_t> positions;
    WallTime now;
    std::vector<KeyLine> keys = {};  // Of those that sign usage records.
    // Where the call rests for longer than this (in events of others), a segment may end and
    // another begin, so that an archive's size is the call's and not the house's.
    std::uint64_t rest_max = 2'000;
    std::shared_ptr<Form> form = {};  // Null: the call's.
};

// Reads the events from the journal's files, beside whoever writes them, and writes the archive
// piece by piece. Every row is checked on its way: what is damaged gets no proof. Blocks; lives on
// one worker.
class Writer {
public:
    // stream_not_found for a call without events.
    static Result<std::unique_ptr<Writer>> open(const journal::Folder& folder, Request request);

    // Adds the next lines to `out`, about 256 KiB at a time; false when the last was among them.
    Result<bool> next(std::string& out);

private:
    Writer(sql::Database database, journal::SealKey key, Anchors anchors,
           std::vector<journal::Epoch> epochs, Request request);

    void add(std::string& out, const std::string& line);
    Result<bool> take_row(std::string& out, const journal::StoredRow& stored);
    Status take_records(std::string& out, const journal::RowView& row,
                        const journal::MerkleTree& tree);
    bool ends_segment(const journal::HeadMark& row, std::optional<Anchor>& anchor) const;
    void end_segment(std::string& out, std::optional<Anchor> anchor);
    bool all_written() const { return written_ == request_.positions.size(); }

    sql::Database database_;
    journal::SealKey key_;
    Anchors anchors_;
    std::vector<journal::Epoch> epochs_;
    Request request_;
    std::shared_ptr<Form> form_;
    Sha256 sha_;
    Sha256 digest_;  // Of all that was written.
    std::uint64_t lines_ = 0;
    std::size_t written_ = 0;         // Records.
    journal::HeadMark row_;           // The last that was written.
    std::uint64_t rows_at_rest_ = 0;  // Since the last that has a record of the call.
    bool begun_ = false;
    bool in_segment_ = false;
};

}  // namespace lifeline::archive
