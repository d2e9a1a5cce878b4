#include "api/said.h"

#include <memory>
#include <utility>

#include "contract/event.h"

namespace lifeline::api {

namespace {

constexpr journal::ReadLimit chunk{.events = 256, .bytes = 1024 * 1024};

class Reading : public std::enable_shared_from_this<Reading> {
public:
    Reading(journal::Journal& journal, Loop& loop, SaidRange range,
            std::function<void(transcript::Fold&)> bound, journal::Done<transcript::Fold> done)
        : journal_(journal),
          loop_(loop),
          range_(std::move(range)),
          bound_(std::move(bound)),
          done_(std::move(done)) {}

    void read_on() {
        if (range_.after >= range_.until) return done_(std::move(fold_));
        journal_.read(range_.session_id, range_.after, chunk, loop_,
                      [self = shared_from_this()](Result<std::vector<journal::StoredEvent>> found) {
                          if (!found) return self->done_(fail(found.error()));
                          self->take(*found);
                      });
    }

private:
    void take(const std::vector<journal::StoredEvent>& events) {
        for (const auto& stored : events) {
            // What was written since belongs to whoever follows from there.
            if (stored.seq > range_.until || stored.erased) continue;
            if (const auto event = checker_.read_stored(stored.bytes))
                fold_.take(*event, stored.actor.id, stored.seq);
        }
        if (bound_) bound_(fold_);
        range_.after = events.empty() ? range_.until : events.back().seq;
        read_on();
    }

    journal::Journal& journal_;
    Loop& loop_;
    SaidRange range_;
    std::function<void(transcript::Fold&)> bound_;
    journal::Done<transcript::Fold> done_;
    contract::EventChecker checker_;
    transcript::Fold fold_;
};

}  // namespace

void read_said(journal::Journal& journal, Loop& loop, SaidRange range,
               std::function<void(transcript::Fold&)> bound, journal::Done<transcript::Fold> done) {
    std::make_shared<Reading>(journal, loop, std::move(range), std::move(bound), std::move(done))
        ->read_on();
}

}  // namespace lifeline::api
