#include "api/session_feed.h"

#include "api/feed.h"
#include "base/log.h"
#include "roster/roster.h"

namespace lifeline::api {

namespace {

constexpr std::size_t page_rows = 100;
// News that may wait for a reader that takes nothing: thousands of calls. Then it has to come back,
// to a list that is short again because those calls are over.
constexpr std::size_t missed_bytes_max = 1 << 20;

std::string line(const roster::RosterRow& row) {
    contract::JsonWriter json;
    write_roster_row(json, row);
    return json.take() + "\n";
}

}  // namespace

void SessionFeed::start() {
    query_.limit = page_rows;
    lines_->start([self = shared_from_this()] { self->drained(); }, [] {});
    list_more();
}

void SessionFeed::added(const std::string& user_id, const roster::RosterRow& row) {
    if (user_id != query_.user_id || !lines_->open()) return;
    const std::string text = line(row);
    if (behind_) missed_ += text.size();
    if (missed_ > missed_bytes_max) return lines_->break_off();
    behind_ = !lines_->write(text) || behind_;
}

void SessionFeed::list_more() {
    if (!listing_ || asked_ || behind_ || !lines_->open()) return;
    asked_ = true;
    list_(query_, [self = shared_from_this()](Rows rows) { self->listed(std::move(rows)); });
}

void SessionFeed::listed(Rows rows) {
    asked_ = false;
    if (!rows) {
        // Half a list must not look like a whole one.
        log::warn("calls of a feed not listed reason={} {}", rows.error().reason,
                  rows.error().detail);
        return lines_->break_off();
    }
    listing_ = rows->size() == query_.limit;
    if (!rows->empty()) query_.before = rows->back().position;
    std::string page;
    for (const auto& row : *rows) page += line(row);
    if (!page.empty()) behind_ = !lines_->write(page) || behind_;
    list_more();
}

void SessionFeed::drained() {
    behind_ = false;
    missed_ = 0;
    list_more();
}

}  // namespace lifeline::api
