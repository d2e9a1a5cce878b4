#include <memory>
#include <string>

#include "api/api.h"
#include "api/caller.h"
#include "api/feed.h"
#include "api/line_stream.h"
#include "delivery/follower.h"

namespace lifeline::api {

namespace {

// What may be on its way from the call's loop to the reader.
constexpr std::size_t window_bytes = 256 * 1024;

// The call's end, on the call's loop: reads the journal from its cursor on and sends lines across,
// one chunk at a time.
class EventFeed final : public std::enable_shared_from_this<EventFeed>,
                        session::Watcher,
                        delivery::Following {
public:
    EventFeed(session::Actor& actor, Loop& home, identity::Principal principal, Loop& reader_loop,
              std::shared_ptr<LineStream> reader, std::uint64_t after)
        : actor_(&actor),
          home_(home),
          principal_(std::move(principal)),
          reader_loop_(reader_loop),
          reader_(std::move(reader)),
          follower_(std::make_unique<delivery::Follower>(
              actor.stream(), static_cast<delivery::Following&>(*this), after)) {}

    void start() {
        self_ = shared_from_this();  // Until stop().
        over_ = actor_->state().over();
        actor_->watch(*this);
        follower_->pump();
    }
    void stop() { stop_with(&LineStream::end); }
    // The reader has taken what was sent.
    void drained() {
        waiting_ = false;
        if (follower_) follower_->pump();
    }

private:
    // After an append; in between the state has more in it than is written.
    void changed() override {
        over_ = actor_->state().over();
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
        if (over_) stop();
    }
    // Broken off: what ends in order would look like all there is.
    void read_failed(const Error&) override { stop_with(&LineStream::break_off); }

    void stop_with(void (LineStream::*end)()) {
        if (!self_) return;
        actor_->unwatch(*this);
        follower_.reset();
        const auto last = std::move(self_);
        reader_loop_.post([reader = reader_, end] { (reader.get()->*end)(); });
    }
    void flush() {
        if (lines_.empty()) return;
        waiting_ = true;
        reader_loop_.post([reader = reader_, lines = std::exchange(lines_, {}), &home = home_,
                           weak = weak_from_this()] {
            if (!reader->write(lines)) return;  // Then it tells when it has drained.
            home.post([weak] {
                if (const auto feed = weak.lock()) feed->drained();
            });
        });
    }

    session::Actor* actor_;
    Loop& home_;
    identity::Principal principal_;
    Loop& reader_loop_;
    std::shared_ptr<LineStream> reader_;
    std::unique_ptr<delivery::Follower> follower_;
    std::string lines_;
    bool waiting_ = false;  // For the reader to have taken what was sent.
    bool over_ = false;     // The call, by what is written.
    std::shared_ptr<EventFeed> self_;
};

// Where the server's loop finds the feed that it asked for; belongs to the call's loop.
struct Slot {
    std::weak_ptr<EventFeed> feed;
    bool closed = false;  // The reader has gone, perhaps before the feed was there.
};

// On the server's loop, for a reader who may.
void open_feed(session::Shard& shard, Loop& loop, const std::shared_ptr<Asked>& asked,
               const std::shared_ptr<OpenStreams::Reader>& reader, std::uint64_t after,
               const std::string& epoch) {
    if (reader->cut) return asked->refuse(*reader->cut);
    auto lines =
        std::make_shared<LineStream>(asked->event_stream(epoch), loop, asked->principal.expires_at);
    reader->lines = lines;
    lines->hold(reader);
    auto slot = std::make_shared<Slot>();
    lines->start(
        [&shard, slot] {
            shard.loop().post([slot] {
                if (const auto feed = slot->feed.lock()) feed->drained();
            });
        },
        [&shard, slot] {
            shard.loop().post([slot] {
                slot->closed = true;
                if (const auto feed = slot->feed.lock()) feed->stop();
            });
        });
    if (asked->request().method == "HEAD") return lines->end();
    shard.loop().post([&shard, &loop, after, asked, lines, slot] {
        shard.with(asked->session_id(), session::Shard::Missing::refuse,
                   [&shard, &loop, after, asked, lines, slot](Result<session::Actor*> actor) {
                       if (slot->closed) return;
                       if (!actor || !authorize((*actor)->state(), asked->principal, Need::read))
                           return loop.post([lines] { lines->break_off(); });
                       auto feed = std::make_shared<EventFeed>(
                           **actor, shard.loop(), asked->principal, loop, lines, after);
                       slot->feed = feed;
                       feed->start();
                   });
    });
}

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

void follow_events(Api& api, Asked asked, EventCursor cursor) {
    const std::string id = asked.session_id();
    session::Shard& shard = api.parts().sessions.home(id);
    Loop& loop = asked.loop();
    auto reader = api.open_streams().enter(asked.principal);
    shard.loop().post([&shard, &loop, id, cursor, epoch = api.parts().journal.epoch(),
                       asked = std::move(asked), reader = std::move(reader)]() mutable {
        auto keep = std::make_shared<Asked>(std::move(asked));
        shard.with(id, session::Shard::Missing::refuse,
                   [&shard, &loop, cursor, epoch, keep, reader](Result<session::Actor*> actor) {
                       Status allowed;
                       if (!actor) {
                           allowed = fail(actor.error());
                       } else if (const auto role =
                                      authorize((*actor)->state(), keep->principal, Need::read);
                                  !role) {
                           allowed = fail(role.error());
                       } else {
                           allowed = can_be_served(cursor, (*actor)->stream().head());
                       }
                       if (!allowed) {
                           loop.post([keep, allowed] { keep->refuse(allowed.error()); });
                           return;
                       }
                       // The actor may be closed before the stream is open: it is asked for again.
                       loop.post([&shard, &loop, cursor, epoch, keep, reader] {
                           open_feed(shard, loop, keep, reader, cursor.after, epoch);
                       });
                   });
    });
}

}  // namespace lifeline::api
