#include "api/api.h"
#include "api/feed.h"

namespace lifeline::api {

namespace {

// Blank lines, which NDJSON readers skip: they keep proxies from closing a quiet stream, and tell
// us when the reader has gone.
constexpr Millis keep_alive = std::chrono::seconds(15);

// One reader of the list. Lives on the server's loop, kept by the roster's follower and the
// stream's callbacks.
class SessionFeed : public std::enable_shared_from_this<SessionFeed> {
public:
    SessionFeed(std::unique_ptr<net::ResponseStream> stream, Loop& loop)
        : stream_(std::move(stream)), loop_(loop) {}

    void start() {
        stream_->on_closed([self = weak_from_this()] {
            if (const auto feed = self.lock()) feed->close();
        });
        beat();
    }
    bool open() const { return stream_ != nullptr; }
    void line(const roster::RosterRow& row) {
        if (!stream_) return;
        contract::JsonWriter json;
        write_roster_row(json, row);
        // A list is short: a reader that cannot keep up with it is gone.
        if (stream_->write(json.take() + "\n") == net::ResponseStream::Flow::wait) close();
    }

private:
    void beat() {
        timer_ = loop_.start_timer(keep_alive, [self = shared_from_this()] {
            if (!self->stream_) return;
            self->stream_->write("\n");
            self->beat();
        });
    }
    void close() {
        stream_.reset();
        loop_.cancel_timer(timer_);
    }

    std::unique_ptr<net::ResponseStream> stream_;
    Loop& loop_;
    Loop::TimerId timer_ = 0;
};

}  // namespace

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
    const std::string user_id = query.user_id;
    query.status = "open";
    query.limit = 500;
    Loop& loop = asked.loop();
    auto feed = std::make_shared<SessionFeed>(asked.stream("application/x-ndjson"), loop);
    feed->start();
    // First followed, then listed: a call that begins in between comes twice rather than never.
    api.parts().roster.follow([feed, user_id](const roster::Roster::Entry& entry) {
        if (entry.user_id == user_id) feed->line(entry.row);
        return feed->open();
    });
    api.parts().roster.list(std::move(query), loop,
                            [feed](Result<std::vector<roster::RosterRow>> rows) {
                                if (!rows) return;
                                for (const auto& row : *rows) feed->line(row);
                            });
}

}  // namespace lifeline::api
