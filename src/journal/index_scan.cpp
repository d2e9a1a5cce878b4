#include "journal/index_scan.h"

#include <fmt/format.h>

#include <vector>

#include "journal/index_corrupt.h"
#include "journal/index_page.h"
#include "journal/index_rows.h"

namespace lifeline::journal {

namespace {

using EachHead = std::function<void(IndexedStream)>;

Status for_each_head(sql::Database& database, std::uint64_t cursor, const EachHead& each) {
    auto select = database.prepare(
        fmt::format("select {} from index_stream order by stream", index_stream_columns));
    if (!select) return fail(select.error());
    std::uint64_t events = 0;
    std::string last;
    for (;;) {
        const auto row = select->step();
        if (!row) return fail(row.error());
        if (!*row) break;
        auto stream = read_stream(*select);
        if (!stream) return fail(stream.error());
        if (stream->head.stream <= last)
            return index_corrupt(stream->head.stream + " is misplaced");
        last = stream->head.stream;
        events += stream->head.head;
        each(std::move(*stream));
    }
    if (events != cursor)
        return index_corrupt(fmt::format("its streams have {} of {} events", events, cursor));
    return {};
}

// Whether exactly the pages of these streams are there, in the order of their keys, and whole.
Status scan_pages(sql::Database& database, const std::vector<IndexedStream>& streams,
                  const EachStream& each) {
    auto select = database.prepare(
        "select stream, first_seq, page from index_page order by stream, first_seq");
    if (!select) return fail(select.error());
    std::vector<IndexEntry> entries;
    for (const IndexedStream& stream : streams) {
        const std::string& name = stream.head.stream;
        entries.clear();
        for (std::uint64_t page = 0; page < stream.pages; ++page) {
            const auto row = select->step();
            if (!row) return fail(row.error());
            if (!*row || select->text(0) != name || select->natural(1) != entries.size() + 1)
                return index_corrupt(
                    fmt::format("{} has no page for seq {}", name, entries.size() + 1));
            if (auto whole = decode_index_page(name, entries.size() + 1, select->bytes(2), entries);
                !whole)
                return whole;
        }
        if (entries.size() != stream.head.head)
            return index_corrupt(
                fmt::format("{} has {} of {} entries", name, entries.size(), stream.head.head));
        each(name, entries);
    }
    const auto more = select->step();
    if (!more) return fail(more.error());
    if (*more) return index_corrupt("it has pages of no stream");
    return {};
}

}  // namespace

Status check_index_format(sql::Database& database) {
    const auto format = database.number("pragma user_version");
    if (!format) return fail(format.error());
    if (*format != index_format) return index_corrupt(fmt::format("it has format {}", *format));
    return {};
}

Status scan_streams(sql::Database& database, std::uint64_t cursor) {
    return for_each_head(database, cursor, [](const IndexedStream&) {});
}

Status scan_index(sql::Database& database, std::uint64_t cursor, const EachStream& each) {
    std::vector<IndexedStream> streams;
    auto done = for_each_head(database, cursor,
                              [&](IndexedStream stream) { streams.push_back(std::move(stream)); });
    return done ? scan_pages(database, streams, each) : done;
}

}  // namespace lifeline::journal
