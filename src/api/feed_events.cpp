#include <memory>
#include <string>

#include "api/api.h"
#include "api/caller.h"
#include "api/feed.h"
#include "delivery/follower.h"

namespace lifeline::api {

namespace {

constexpr Millis keep_alive = std::chrono::seconds(15);
// What may be on its way from the call's loop to the reader.
constexpr std::size_t window_bytes = 256 * 1024;

// The reader's end, on the server's loop.
class EventFeedReader : public std::enable_shared_from_this<EventFeedReader> {
public:
    EventFeedReader(std::unique_ptr<net::ResponseStream> stream, Loop& loop)
        : stream_(std::move(stream)), loop_(loop) {}

    // `gone` and `drained` are posted to the call's loop.
    void start(Job gone, std::function<void()> drained) {
        stream_->on_closed([self = weak_from_this(), gone = std::move(gone)]() mutable {
            if (const auto reader = self.lock()) reader->close();
            gone();
        });
        drained_ = std::move(drained);
        beat();
    }
    void write(const std::string& lines) {
        if (!stream_) return;
        if (stream_->write(lines) == net::ResponseStream::Flow::go_on) {
            drained_();
            return;
        }
        stream_->on_drained([self = weak_from_this()] {
            if (const auto reader = self.lock()) reader->drained_();
        });
    }
    void end() {
        if (!stream_) return;
        stream_->end();
        close();
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
    std::function<void()> drained_;
    Loop::TimerId timer_ = 0;
};

// The call's end, on the call's loop: reads the journal from its cursor on and sends lines across,
// one chunk at a time.
class EventFeed final : public std::enable_shared_from_this<EventFeed>,
                        session::Watcher,
                        delivery::Following {
public:
    EventFeed(session::Actor& actor, identity::Principal principal, Loop& reader_loop,
              std::shared_ptr<EventFeedReader> reader, std::uint64_t after)
        : actor_(&actor),
          principal_(std::move(principal)),
          reader_loop_(reader_loop),
          reader_(std::move(reader)),
          follower_(std::make_unique<delivery::Follower>(
              actor.stream(), static_cast<delivery::Following&>(*this), after)) {}

    void start() {
        self_ = shared_from_this();  // Until stop().
        actor_->watch(*this);
        follower_->pump();
    }
    void stop() {
        if (!self_) return;
        actor_->unwatch(*this);
        follower_.reset();
        const auto last = std::move(self_);
        reader_loop_.post([reader = reader_] { reader->end(); });
    }
    void drained() {
        waiting_ = false;
        if (follower_) follower_->pump();
    }

private:
    void changed() override {
        // Whoever was removed from the call hears no more of it.
        if (!authorize(actor_->state(), principal_, Need::read)) {
            stop();
        } else if (!waiting_ && follower_) {
            follower_->pump();
        }
    }
    bool take(const journal::StoredEvent& event) override {
        lines_ += event_record_json(event);
        lines_ += '\n';
        if (lines_.size() < window_bytes) return true;
        flush();
        return false;
    }
    void caught_up() override {
        flush();
        // Late events may follow an end; who wants them asks again.
        if (actor_->state().over()) stop();
    }
    void read_failed(const Error&) override { stop(); }

    void flush() {
        if (lines_.empty()) return;
        waiting_ = true;
        reader_loop_.post(
            [reader = reader_, lines = std::exchange(lines_, {})] { reader->write(lines); });
    }

    session::Actor* actor_;
    identity::Principal principal_;
    Loop& reader_loop_;
    std::shared_ptr<EventFeedReader> reader_;
    std::unique_ptr<delivery::Follower> follower_;
    std::string lines_;
    bool waiting_ = false;  // For the reader to have taken what was sent.
    std::shared_ptr<EventFeed> self_;
};

}  // namespace

std::string event_record_json(const journal::StoredEvent& event) {
    contract::JsonWriter json;
    json.object().key("seq").value(event.seq);
    if (event.erased) {
        json.key("erased").value(true);
    } else {
        json.key("event").raw(event.bytes);
    }
    json.key("meta").object();
    json.key("actor").object().key("kind").value(event.actor.kind);
    json.key("id").value(event.actor.id).end();
    if (!event.cause.empty()) json.key("cause").value(event.cause);
    json.key("recordedAt").value(format_rfc3339(event.recorded_at));
    json.end().end();
    return json.take();
}

void follow_events(Api& api, Asked asked, std::uint64_t after) {
    const std::string id = asked.session_id();
    session::Shard& shard = api.parts().sessions.home(id);
    Loop& loop = asked.loop();
    shard.loop().post([&shard, &loop, id, after, asked = std::move(asked)]() mutable {
        auto keep = std::make_shared<Asked>(std::move(asked));
        shard.with(
            id, session::Shard::Missing::refuse,
            [&shard, &loop, after, keep](Result<session::Actor*> actor) {
                Status allowed;
                if (!actor) {
                    allowed = fail(actor.error());
                } else if (const auto role =
                               authorize((*actor)->state(), keep->principal, Need::read);
                           !role) {
                    allowed = fail(role.error());
                } else if (after > (*actor)->stream().head()) {
                    allowed = fail(Code::conflict, "cursor_ahead", "after is ahead of the head");
                }
                if (!allowed) {
                    loop.post([keep, allowed] { keep->refuse(allowed.error()); });
                    return;
                }
                // The actor may be closed before the stream is open: it is asked for again.
                loop.post([&shard, &loop, after, keep] {
                    auto reader = std::make_shared<EventFeedReader>(
                        keep->stream("application/x-ndjson"), loop);
                    auto feed_slot = std::make_shared<std::weak_ptr<EventFeed>>();
                    const auto on_call = [&shard, feed_slot](void (EventFeed::*what)()) {
                        shard.loop().post([feed_slot, what] {
                            if (const auto feed = feed_slot->lock()) (feed.get()->*what)();
                        });
                    };
                    reader->start([on_call] { on_call(&EventFeed::stop); },
                                  [on_call] { on_call(&EventFeed::drained); });
                    shard.loop().post([&shard, &loop, after, keep, reader, feed_slot] {
                        shard.with(
                            keep->session_id(), session::Shard::Missing::refuse,
                            [&loop, after, keep, reader, feed_slot](Result<session::Actor*> again) {
                                if (!again) return loop.post([reader] { reader->end(); });
                                auto feed = std::make_shared<EventFeed>(**again, keep->principal,
                                                                        loop, reader, after);
                                *feed_slot = feed;
                                feed->start();
                            });
                    });
                });
            });
    });
}

}  // namespace lifeline::api
