#include "api/api.h"
#include "api/feed.h"
#include "api/session_feed.h"
#include "roster/roster.h"

namespace lifeline::api {

void write_roster_row(contract::JsonWriter& json, const roster::RosterRow& row) {
    json.object();
    json.key("sessionId").value(row.session_id);
    if (!row.status.empty()) json.key("status").value(row.status);
    if (!row.owner_id.empty()) json.key("ownerId").value(row.owner_id);
    if (!row.account_id.empty()) json.key("accountId").value(row.account_id);
    if (!row.channel.empty()) json.key("channel").value(row.channel);
    if (!row.created_at.empty()) json.key("createdAt").value(row.created_at);
    if (!row.role.empty()) json.key("role").value(row.role);
    json.end();
}

void follow_sessions(Api& api, Asked asked, roster::RosterQuery query) {
    if (query.user_id.empty())
        return asked.refuse({Code::malformed, "query_invalid",
                             "follow=1 is for users and agents, of their own calls", "/follow"});
    query.status = "open";
    Loop& loop = asked.loop();
    auto lines = std::make_shared<LineStream>(asked.stream("application/x-ndjson"), loop,
                                              asked.principal.expires_at);
    const auto reader = api.open_streams().enter(asked.principal);
    reader->lines = lines;
    lines->hold(reader);
    const auto list = [&api, &loop](roster::RosterQuery page, auto done) {
        api.parts().roster.list(std::move(page), loop, std::move(done));
    };
    auto feed = std::make_shared<SessionFeed>(lines, std::move(query), list);
    // First followed, then listed: a call that begins in between comes twice rather than never.
    api.parts().roster.follow([feed](const roster::Roster::Entry& entry) {
        feed->added(entry.user_id, entry.row);
        return feed->open();
    });
    feed->start();
    if (asked.request().method == "HEAD") lines->end();
}

}  // namespace lifeline::api
