#include "journal/index_rows.h"

#include <algorithm>
#include <bit>

#include "journal/encoding.h"
#include "journal/index_corrupt.h"

namespace lifeline::journal {

namespace {

template <std::size_t N>
bool copy_exactly(std::string_view from, std::array<std::uint8_t, N>& to) {
    if (from.size() != N) return false;
    std::ranges::copy(from, to.begin());
    return true;
}

std::int64_t state_checksum(const IndexState& state) {
    std::string text;
    text += view(state.secret);
    put(text, state.cursor.position);
    text += view(state.cursor.hash);
    text += view(state.cursor.epoch);
    return std::bit_cast<std::int64_t>(checksum(text, 0));
}

std::int64_t recorded_ms(const IndexedStream& stream) {
    return stream.head.recorded_at.time_since_epoch().count();
}

std::int64_t stream_checksum(const IndexedStream& stream) {
    std::string text;
    put(text, stream.head.head);
    put(text, stream.pages);
    put(text, stream.head.position);
    put(text, recorded_ms(stream));
    return std::bit_cast<std::int64_t>(checksum(text, checksum(stream.head.stream, 0)));
}

}  // namespace

Result<IndexState> load_state(sql::Database& database) {
    auto select =
        database.prepare("select secret, position, hash, epoch, checksum from index_state");
    if (!select) return fail(select.error());
    const auto row = select->step();
    if (!row) return fail(row.error());
    IndexState state;
    if (!*row || !copy_exactly(select->bytes(0), state.secret) ||
        !copy_exactly(select->bytes(2), state.cursor.hash) ||
        !copy_exactly(select->bytes(3), state.cursor.epoch))
        return index_corrupt("it has no cursor");
    state.cursor.position = select->natural(1);
    if (select->integer(4) != state_checksum(state))
        return index_corrupt("its cursor does not match its checksum");
    return state;
}

Status save_state(sql::Database& database, const IndexState& state) {
    auto replace = database.prepare("insert or replace into index_state values(1, ?, ?, ?, ?, ?)");
    if (!replace) return fail(replace.error());
    return replace->bind_bytes(1, view(state.secret))
        .bind(2, state.cursor.position)
        .bind_bytes(3, view(state.cursor.hash))
        .bind_bytes(4, view(state.cursor.epoch))
        .bind(5, state_checksum(state))
        .run();
}

Result<IndexedStream> read_stream(const sql::Statement& statement) {
    IndexedStream stream{.head = {.stream = std::string(statement.text(0)),
                                  .head = statement.natural(1),
                                  .position = statement.natural(3),
                                  .recorded_at = WallTime(Millis(statement.integer(4)))},
                         .pages = statement.natural(2)};
    if (statement.integer(5) != stream_checksum(stream))
        return index_corrupt("what it has of " + stream.head.stream + " is damaged");
    return stream;
}

Status write_stream(sql::Statement& statement, const IndexedStream& stream) {
    return statement.bind_text(1, stream.head.stream)
        .bind(2, stream.head.head)
        .bind(3, stream.pages)
        .bind(4, stream.head.position)
        .bind(5, recorded_ms(stream))
        .bind(6, stream_checksum(stream))
        .run();
}

}  // namespace lifeline::journal
