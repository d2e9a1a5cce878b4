// What stands in the journal's files is read by code that does not believe it: rows, index pages
// and epoch records of any bytes whatever. The first byte says which, the second how many records.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "journal/encoding.h"
#include "journal/epoch.h"
#include "journal/index_page.h"
#include "journal/row.h"

namespace lifeline::journal {

namespace {

void read_row(std::string_view body, std::uint64_t count) {
    const auto row = RowView::open(body, 1, count);
    if (!row) return;
    Sha256 sha;
    const auto digest = row->digest(sha, EpochId{}, Digest{});
    if (!digest) return;
    // Whatever can be read can be erased, and that changes no hash.
    const auto erased = erase_records(sha, *row, {0});
    CHECK(erased);
    const auto again = RowView::open(*erased, 1, count);
    CHECK(again && again->digest(sha, EpochId{}, Digest{}) == digest);
}

// Nobody gets past a checksum by chance, so what lies behind it is tried with the right one too.
void read_checked(std::string body, std::uint64_t count) {
    const auto row = RowView::open(body, 1, count);
    if (!row) return;
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::size_t begin = get_at<std::uint32_t>(body, offset_at(i));
        const std::size_t end =
            i + 1 < count ? get_at<std::uint32_t>(body, offset_at(i + 1)) : body.size();
        if (end - begin < sizeof(std::uint64_t)) return;
        const auto record = std::string_view(body).substr(begin, end - begin);
        put_at(body, begin, record_checksum(record, {1 + i, row->time().wall}));
    }
    read_row(body, count);
}

void read_page(std::string_view page) {
    std::vector<IndexEntry> entries;
    if (!decode_index_page("sess_1", 1, page, entries)) return;
    std::vector<IndexEntry> again;
    CHECK(decode_index_page("sess_1", 1, encode_index_page("sess_1", 1, entries), again));
    CHECK(again == entries);
}

void read_epoch(std::string_view record) {
    if (const auto epoch = Epoch::decode(record)) CHECK(epoch->encode() == record);
}

void read_any(std::string_view input) {
    if (input.size() < 2) return;
    const auto count = static_cast<std::uint8_t>(input[1]);
    const std::string_view bytes = input.substr(2);
    switch (static_cast<std::uint8_t>(input[0]) % 4) {
        case 0:
            return read_row(bytes, count);
        case 1:
            return read_checked(std::string(bytes), count);
        case 2:
            return read_page(bytes);
        case 3:
            return read_epoch(bytes);
    }
}

}  // namespace

}  // namespace lifeline::journal

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lifeline::journal::read_any({reinterpret_cast<const char*>(data), size});
    return 0;
}
