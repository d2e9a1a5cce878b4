#include "app/stream_eraser.h"

#include <utility>

namespace lifeline::app {

namespace {

constexpr journal::ReadLimit page{.events = 1024, .bytes = 1024 * 1024};
// A backup or a reader may hold the file for a moment.
constexpr int tries_max = 120;
constexpr Millis busy_pause = std::chrono::milliseconds(500);

const contract::Actor the_server{"server", "lifeline"};

}  // namespace

template <class Contents>
void StreamEraser::read_on(std::string id, std::shared_ptr<Contents> contents, std::uint64_t after,
                           journal::Done<std::shared_ptr<Contents>> done) {
    auto have = [this, alive = alive_, id, contents,
                 done = std::move(done)](Result<std::vector<journal::StoredEvent>> events) mutable {
        if (!*alive) return;
        if (!events && events.error().code == Code::not_found && contents == nullptr)
            return done(std::shared_ptr<Contents>());
        if (!events) return done(fail(events.error()));
        if (contents == nullptr) contents = std::make_shared<Contents>();
        if (events->empty()) return done(std::move(contents));
        for (const auto& stored : *events) {
            auto event = stored.erased ? Result<contract::Event>(fail(Code::gone, "erased", {}))
                                       : checker_.read_stored(stored.bytes);
            contents->take({.seq = stored.seq,
                            .event_id = stored.event_id,
                            .actor = stored.actor,
                            .cause = stored.cause,
                            .at = stored.recorded_at,
                            .event = event ? &*event : nullptr});
        }
        const std::uint64_t last = events->back().seq;
        read_on(std::move(id), std::move(contents), last, std::move(done));
    };
    parts_.journal.read(std::move(id), after, page, parts_.home, std::move(have));
}

void StreamEraser::read_call(std::string id,
                             journal::Done<std::shared_ptr<retention::CallContents>> done) {
    read_on<retention::CallContents>(std::move(id), nullptr, 0, std::move(done));
}

void StreamEraser::read_document(std::string id,
                                 journal::Done<std::shared_ptr<retention::DocumentContents>> done) {
    read_on<retention::DocumentContents>(std::move(id), nullptr, 0, std::move(done));
}

void StreamEraser::take_turn(Job job) {
    if (std::exchange(busy_, true)) return waiting_.push_back(std::move(job));
    job();
}

void StreamEraser::end_turn() {
    busy_ = false;
    if (waiting_.empty()) return;
    Job next = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    next();
}

void StreamEraser::finish(const std::shared_ptr<Order>& order, Result<std::uint64_t> outcome) {
    auto done = std::move(order->done);
    parts_.home.post(
        [this, alive = alive_, done = std::move(done), outcome = std::move(outcome)]() mutable {
            if (!*alive) return;
            end_turn();
            done(std::move(outcome));
        });
}

void StreamEraser::erase_range(std::string stream, retention::Range range, int tries,
                               journal::Done<void> done) {
    parts_.journal.erase(
        stream, range.first, range.second, parts_.home,
        [this, alive = alive_, stream, range, tries,
         done = std::move(done)](Result<std::uint64_t> erased) mutable {
            if (!*alive) return;
            if (erased) return done({});
            if (erased.error().reason != "storage_busy" || tries >= tries_max)
                return done(fail(erased.error()));
            parts_.home.start_timer(
                busy_pause, [this, alive, stream, range, tries, done = std::move(done)]() mutable {
                    if (*alive) erase_range(std::move(stream), range, tries + 1, std::move(done));
                });
        });
}

void StreamEraser::erase_ranges(const std::shared_ptr<Order>& order,
                                std::vector<retention::Range> ranges, Next next) {
    if (ranges.empty()) return next();
    const retention::Range last = ranges.back();
    ranges.pop_back();
    erase_range(order->stream, last, 0,
                [this, order, ranges = std::move(ranges),
                 next = std::move(next)](const Status& erased) mutable {
                    if (!erased) return finish(order, fail(erased.error()));
                    erase_ranges(order, std::move(ranges), std::move(next));
                });
}

void StreamEraser::erase_call(std::string id, Decide<retention::CallContents> decide,
                              std::string erasure_id, Done done) {
    auto order = std::make_shared<Order>(Order{
        .stream = std::move(id), .erasure_id = std::move(erasure_id), .done = std::move(done)});
    auto erase = [this, order, decide = std::move(decide)](const Status& measured) {
        if (!measured) return finish(order, fail(measured.error()));
        read_call(order->stream,
                  [this, order,
                   decide](const Result<std::shared_ptr<retention::CallContents>>& contents) {
                      if (!contents) return finish(order, fail(contents.error()));
                      if (*contents == nullptr) return finish(order, 0);
                      auto plan = decide(**contents);
                      if (!plan) return finish(order, fail(plan.error()));
                      order->plan = std::move(*plan);
                      order->before = (*contents)->recorded(order->erasure_id);
                      order->recorded = (*contents)->records(order->erasure_id);
                      if (order->plan.empty()) return finish(order, order->before);
                      erase_ranges(order, retention::ranges_of(order->plan.contents),
                                   [this, order] { call_contents_gone(order); });
                  });
    };
    take_turn([this, order, erase = std::move(erase)]() mutable {
        parts_.measured(order->stream, std::move(erase));
    });
}

// Of an erasure that was taken up again, the stream may have said so already: then only its frame
// was left.
void StreamEraser::call_contents_gone(const std::shared_ptr<Order>& order) {
    const auto rest = [this, order] {
        erase_ranges(order, retention::ranges_of(order->plan.frame), [this, order] {
            parts_.sessions.look<bool>(
                order->stream, parts_.home,
                [](session::Actor& actor) -> Result<bool> {
                    actor.forget([](const Status&) {});
                    return true;
                },
                [this, order, alive = alive_](const Result<bool>&) {
                    if (*alive) finish(order, order->before + order->plan.erased);
                });
        });
    };
    if (order->recorded && order->plan.contents.empty()) {
        order->plan.erased = 0;
        return rest();
    }
    record_call(order, rest);
}

void StreamEraser::record_call(const std::shared_ptr<Order>& order, Next next) {
    parts_.sessions.submit(
        order->stream,
        {call::RecordErased{retention::event_id_of(order->plan),
                            retention::payload_of(order->plan, order->erasure_id)},
         the_server, contract::Role::server},
        parts_.home,
        [this, alive = alive_, order,
         next = std::move(next)](const Result<session::Receipt>& receipt) mutable {
            if (!*alive) return;
            if (!receipt) return finish(order, fail(receipt.error()));
            next();
        });
}

void StreamEraser::erase_document(std::string id, Decide<retention::DocumentContents> decide,
                                  std::string erasure_id, Done done) {
    auto order = std::make_shared<Order>(Order{
        .stream = std::move(id), .erasure_id = std::move(erasure_id), .done = std::move(done)});
    take_turn([this, order, decide = std::move(decide)] {
        read_document(
            order->stream,
            [this, order,
             decide](const Result<std::shared_ptr<retention::DocumentContents>>& contents) {
                if (!contents) return finish(order, fail(contents.error()));
                if (*contents == nullptr) return finish(order, 0);
                auto plan = decide(**contents);
                if (!plan) return finish(order, fail(plan.error()));
                order->plan = std::move(*plan);
                order->before = (*contents)->recorded(order->erasure_id);
                order->recorded = (*contents)->records(order->erasure_id);
                const auto rest = [this, order] {
                    erase_ranges(order, retention::ranges_of(order->plan.contents), [this, order] {
                        finish(order, order->recorded ? order->before : order->plan.erased);
                    });
                };
                // Said first: who made it cannot be read from what is left.
                if (order->recorded) return rest();
                if (order->plan.empty()) return finish(order, 0);
                record_document(order, rest);
            });
    });
}

void StreamEraser::record_document(const std::shared_ptr<Order>& order, Next next) {
    parts_.documents.submit(
        order->stream,
        {document::RecordErased{retention::event_id_of(order->plan),
                                retention::payload_of(order->plan, order->erasure_id)},
         the_server,
         {}},
        parts_.home,
        [this, alive = alive_, order,
         next = std::move(next)](const Result<session::Receipt>& receipt) mutable {
            if (!*alive) return;
            if (!receipt) return finish(order, fail(receipt.error()));
            next();
        });
}

void StreamEraser::erase_identity(std::vector<std::uint64_t> seqs, journal::Done<void> done) {
    if (seqs.empty()) return done({});
    const std::uint64_t last = seqs.back();
    seqs.pop_back();
    erase_range(std::string(contract::instance_stream), {last, last}, 0,
                [this, seqs = std::move(seqs), done = std::move(done)](Status erased) mutable {
                    if (!erased) return done(std::move(erased));
                    erase_identity(std::move(seqs), std::move(done));
                });
}

void StreamEraser::empty_log(journal::Done<void> done) {
    erase_range(std::string(contract::instance_stream), {1, 0}, 0, std::move(done));
}

}  // namespace lifeline::app
