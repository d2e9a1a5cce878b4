#include "session/instance_stream.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "session/limits.h"

namespace lifeline::session {

namespace {

constexpr const char* stream_name = "sys_instance";

}  // namespace

InstanceStream::InstanceStream(Loop& loop, journal::Journal& journal, Fold fold)
    : loop_(loop), journal_(journal), fold_(std::move(fold)) {}

InstanceStream::~InstanceStream() {
    *alive_ = false;
}

void InstanceStream::load(journal::Done<void> ready) {
    ready_ = std::move(ready);
    journal_.open(stream_name, loop_,
                  [this, alive = alive_](Result<std::unique_ptr<journal::Stream>> stream) {
                      if (!*alive) return;
                      if (!stream) return std::exchange(ready_, {})(fail(stream.error()));
                      stream_ = std::move(*stream);
                      read_on();
                  });
}

void InstanceStream::read_on() {
    if (folded_ == stream_->head()) return std::exchange(ready_, {})({});
    stream_->read(folded_, {},
                  [this, alive = alive_](Result<std::vector<journal::StoredEvent>> events) {
                      if (!*alive) return;
                      if (!events) return std::exchange(ready_, {})(fail(events.error()));
                      for (const auto& stored : *events)
                          if (auto folded = fold(stored); !folded)
                              return std::exchange(ready_, {})(std::move(folded));
                      read_on();
                  });
}

// The bytes are those that were written, the journal has seen to that; what wrote them may have
// been another program. That is for a person to look at, who has to know where.
Status InstanceStream::fold(const journal::StoredEvent& stored) {
    folded_ = stored.seq;
    if (stored.erased) return {};
    const auto event = checker_.read_stored(stored.bytes);
    const Status known =
        event ? fold_(event->type_name(), event->payload_json()) : fail(event.error());
    if (known) return {};
    return fail(Code::corrupt, "journal_corrupt",
                fmt::format("{} seq={} position={} cannot be read: {} {} {}", stream_name,
                            stored.seq, stored.position, known.error().reason, known.error().detail,
                            known.error().pointer));
}

void InstanceStream::append(std::vector<Change> changes, journal::Done<void> done) {
    if (waiting_.size() >= mailbox_commands_max)
        return done(fail(Code::overloaded, "overloaded", "the instance's stream is busy"));
    waiting_.push_back({std::move(changes), std::move(done)});
    next();
}

void InstanceStream::next() {
    if (appending_ || waiting_.empty() || !stream_ || ready_) return;
    Waiting now = std::move(waiting_.front());
    waiting_.pop_front();
    std::vector<journal::Draft> drafts;
    std::vector<Change> fresh;
    const std::string ts = format_rfc3339(loop_.clock().wall());
    for (Change& change : now.changes) {
        if (stream_->find(change.event_id)) continue;
        auto json = contract::event_json(change.event_id, stream_name, ts, change.type,
                                         change.payload_json);
        const auto event = checker_.check(json, contract::Sender::server);
        if (!event) {
            now.done(fail(event.error()));
            return next();
        }
        drafts.push_back({change.event_id, {"server", "lifeline"}, {}, std::move(json)});
        fresh.push_back(std::move(change));
    }
    if (drafts.empty()) {
        now.done({});
        return next();
    }
    appending_ = true;
    const std::uint64_t head = folded_;
    stream_->append(head, std::move(drafts),
                    [this, alive = alive_, fresh = std::move(fresh),
                     done = std::move(now.done)](Result<journal::Appended> appended) mutable {
                        if (!*alive) return;
                        appending_ = false;
                        if (appended) {
                            folded_ = appended->head;
                            for (const Change& change : fresh)
                                if (const auto known = fold_(change.type, change.payload_json);
                                    !known)
                                    log::error("{} event={} was written and is not understood: {}",
                                               stream_name, change.event_id, known.error().detail);
                            done({});
                        } else {
                            done(fail(appended.error()));
                        }
                        next();
                    });
}

}  // namespace lifeline::session
