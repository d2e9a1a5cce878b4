#include "journal/stream_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "journal/checksum.h"
#include "journal/journal_file.h"

namespace lifeline::journal {

namespace {

using StreamAndId = std::pair<std::string, std::string>;

Result<StreamAndId> id_at(sql::Database& database, std::uint64_t position) {
    StreamAndId found;
    const auto each = [&](const StoredRow& stored) -> Result<bool> {
        const auto row = RowView::open(stored.body, stored.first_position, stored.count);
        if (!row) return fail(row.error());
        const auto record = row->record(position - stored.first_position);
        if (!record) return fail(record.error());
        found = {std::string(record->stream), std::string(record->event_id)};
        return false;
    };
    if (auto read = for_each_row(database, position - 1, each); !read) return fail(read.error());
    return found;
}

}  // namespace

std::optional<Error> StreamCheck::next(const RecordView& record, std::uint64_t position) {
    Known& known = streams_[std::string(record.stream)];
    const std::uint64_t before = std::exchange(known.head, record.seq);
    const bool may_jump = std::exchange(known.gaps, gaps_) != gaps_ && record.seq > before;
    ids_.emplace_back(checksum(record.event_id, checksum(record.stream, 0)), position);
    if (record.seq == before + 1 || may_jump) return std::nullopt;
    return Error{Code::corrupt, "journal_corrupt",
                 fmt::format("the record at position {} is seq {} of {}, which stood at {}",
                             position, record.seq, record.stream, before)};
}

Result<std::vector<Error>> StreamCheck::finish(sql::Database& database) {
    std::ranges::sort(ids_);
    std::vector<Error> twice;
    for (std::size_t begin = 0, end = 0; begin < ids_.size(); begin = end) {
        while (end < ids_.size() && ids_[end].first == ids_[begin].first) ++end;
        if (end - begin == 1) continue;
        // Equal hashes are a hint: anybody who may choose eventIds can make as many as they like.
        std::map<StreamAndId, std::uint64_t> stands;
        for (std::size_t i = begin; i < end; ++i) {
            const std::uint64_t position = ids_[i].second;
            auto id = id_at(database, position);
            if (!id) return fail(id.error());
            const auto [known, fresh] = stands.emplace(std::move(*id), position);
            if (fresh) continue;
            twice.push_back({Code::corrupt, "journal_corrupt",
                             fmt::format("the records at positions {} and {} have one eventId",
                                         known->second, position)});
        }
    }
    return twice;
}

}  // namespace lifeline::journal
