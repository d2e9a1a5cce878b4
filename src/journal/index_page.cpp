#include "journal/index_page.h"

#include <fmt/format.h>

#include "journal/checksum.h"
#include "journal/encoding.h"
#include "journal/index_corrupt.h"

namespace lifeline::journal {

namespace {

std::uint64_t page_checksum(std::string_view stream, std::uint64_t first_seq,
                            std::string_view content) {
    return checksum(content, checksum(stream, first_seq));
}

}  // namespace

std::string encode_index_page(std::string_view stream, std::uint64_t first_seq,
                              std::span<const IndexEntry> entries) {
    std::string page(sizeof(std::uint64_t), '\0');
    page.reserve(16 + entries.size() * 12);
    std::uint64_t row = 0;
    for (const IndexEntry& entry : entries) {
        put_varint(page, entry.place.row() - row);  // Rows only grow along a stream.
        put_varint(page, entry.place.ordinal());
        put(page, entry.id_hash);
        row = entry.place.row();
    }
    put_at(page, 0,
           page_checksum(stream, first_seq, std::string_view(page).substr(sizeof(std::uint64_t))));
    return page;
}

Status decode_index_page(std::string_view stream, std::uint64_t first_seq, std::string_view page,
                         std::vector<IndexEntry>& out) {
    const auto corrupt = [&] {
        return index_corrupt(
            fmt::format("the page of {} from seq {} is damaged", stream, first_seq));
    };
    if (page.size() < sizeof(std::uint64_t)) return corrupt();
    std::string_view rest = page.substr(sizeof(std::uint64_t));
    if (get_at<std::uint64_t>(page, 0) != page_checksum(stream, first_seq, rest)) return corrupt();
    std::uint64_t row = 0;
    while (!rest.empty()) {
        const auto step = take_varint(rest);
        const auto ordinal = take_varint(rest);
        if (!step || !ordinal || rest.size() < sizeof(std::uint64_t)) return corrupt();
        row += *step;
        out.push_back({Place(row, *ordinal), get_at<std::uint64_t>(rest, 0)});
        rest.remove_prefix(sizeof(std::uint64_t));
    }
    return {};
}

}  // namespace lifeline::journal
