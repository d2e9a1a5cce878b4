#include "app/whatif_reading.h"

#include "app/offline.h"
#include "contract/event.h"
#include "journal/verify.h"

namespace lifeline::app {

namespace {

constexpr std::uint64_t progress_every = 100'000;

}  // namespace

Status WhatIfReading::read(const Wants& wants, const Each& each) {
    if (const auto there = journal_is_there(folder_); !there) return there;
    contract::EventChecker checker;
    std::uint64_t events = 0;
    std::uint64_t position = 0;
    const auto take = [&](const journal::JournalEvent& found) -> Result<bool> {
        if (last_ && found.event.position > *last_) return false;
        position = found.event.position;
        if (++events % progress_every == 0 && progress) progress(events);
        seen_ = seen_ || found.stream == looked_for_;
        if (!wants(found.stream, found.event.bytes)) return true;
        whatif::Recorded recorded{.stream = found.stream,
                                  .seq = found.event.seq,
                                  .actor_id = found.event.actor.id,
                                  .at = found.event.recorded_at};
        if (found.event.erased) {
            each(recorded);
            return true;
        }
        const auto event = checker.read_stored(found.event.bytes);
        if (!event) return fail(event.error());
        recorded.event = &*event;
        each(recorded);
        return true;
    };
    if (const auto read = journal::for_each_event({folder_}, 0, take); !read) return read;
    if (!last_) last_ = position;
    return {};
}

}  // namespace lifeline::app
