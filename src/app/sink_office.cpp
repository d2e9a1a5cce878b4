#include "app/sink_office.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "app/sink_reader.h"
#include "base/log.h"
#include "contract/json_writer.h"
#include "session/streams.h"

namespace lifeline::app {

namespace {

constexpr std::size_t letters_at_once = 1'000;

std::unexpected<Error> no_sink(std::string_view name) {
    return fail(Code::not_found, "sink_not_found", fmt::format("no sink {} is configured", name));
}

std::unexpected<Error> no_letter(const std::string& id) {
    return fail(Code::not_found, "dead_letter_not_found",
                fmt::format("{} waits for nobody: list the dead letters", id));
}

bool fits(const outbox::DeadLetter& letter, const outbox::DeadLetterQuery& of) {
    return (of.sink.empty() || letter.sink == of.sink) &&
           (of.account_id.empty() || letter.charge.account_id == of.account_id) &&
           (of.because.empty() || letter.because == of.because);
}

using Letters = std::vector<outbox::DeadLetter>;

Result<Letters> named(outbox::OutboxStore& store, const api::SinkDesk::Moving& moving) {
    Letters letters;
    for (const std::string& id : moving.ids) {
        auto letter = store.dead_letter(id);
        if (!letter) return fail(letter.error());
        if (!*letter || !fits(**letter, moving.of)) return no_letter(id);
        if (std::ranges::none_of(letters, [&id](const auto& one) { return one.id == id; }))
            letters.push_back(**std::move(letter));
    }
    return letters;
}

Result<Letters> all_that_fit(outbox::OutboxStore& store, outbox::DeadLetterQuery query) {
    Letters letters;
    query.limit = letters_at_once;
    for (;;) {
        auto page = store.dead_letters(query);
        if (!page) return fail(page.error());
        const bool last = page->size() < letters_at_once;
        std::ranges::move(*page, std::back_inserter(letters));
        if (last) return letters;
        query.after = letters.back().position;
    }
}

}  // namespace

struct SinkOffice::Move {
    Desk::Moving moving;
    journal::Done<std::vector<std::string>> done;
    Letters letters = {};
    std::size_t left = 0;
    Status failed = {};
};

SinkFeed* SinkOffice::feed(std::string_view name) {
    const auto found = std::ranges::find_if(
        feeds_, [name](const auto& feed) { return feed->settings().name == name; });
    return found == feeds_.end() ? nullptr : found->get();
}

void SinkOffice::start() {
    parts_.outbox.on_change([this, alive = alive_] {
        if (!*alive) return;
        for (const auto& feed : feeds_) feed->look();
    });
    for (const auto& feed : feeds_) feed->start();
}

void SinkOffice::stop(Job stopped) {
    if (feeds_.empty()) return stopped();
    const auto left = std::make_shared<std::size_t>(feeds_.size());
    const auto shared = std::make_shared<Job>(std::move(stopped));
    for (const auto& feed : feeds_)
        feed->stop([left, shared] {
            if (--*left == 0) (*shared)();
        });
}

void SinkOffice::list(Loop& from, journal::Done<std::vector<Desk::Sink>> done) {
    parts_.home.post(
        [this, alive = alive_,
         done = session::on_loop<std::vector<Desk::Sink>>(from, std::move(done))]() mutable {
            if (!*alive) return;
            std::vector<Desk::Sink> sinks;
            std::vector<std::optional<Window>> begin;
            for (const auto& feed : feeds_) {
                sinks.push_back(feed->state());
                begin.push_back(feed->settings().from);
            }
            parts_.outbox.ask<std::vector<Desk::Sink>>(
                parts_.home, std::move(done),
                [sinks = std::move(sinks), begin = std::move(begin)](
                    outbox::OutboxStore& store) mutable -> Result<std::vector<Desk::Sink>> {
                    for (std::size_t i = 0; i < sinks.size(); ++i) {
                        const auto counts = store.counts(sinks[i].name, begin[i]);
                        if (!counts) return fail(counts.error());
                        sinks[i].counts = *counts;
                    }
                    return std::move(sinks);
                });
        });
}

void SinkOffice::resume(const Desk::Resuming& resuming, Loop& from,
                        journal::Done<Desk::Sink> done) {
    parts_.home.post([this, alive = alive_, resuming, &from, done = std::move(done)]() mutable {
        if (!*alive) return;
        SinkFeed* const sink = feed(resuming.sink);
        if (sink == nullptr)
            return session::on_loop<Desk::Sink>(from, std::move(done))(no_sink(resuming.sink));
        log::info("sink={} goes on by={} reason={}", resuming.sink, resuming.by, resuming.reason);
        sink->resume();
        list(from, [name = resuming.sink,
                    done = std::move(done)](Result<std::vector<Desk::Sink>> sinks) mutable {
            if (!sinks) return done(fail(sinks.error()));
            for (Desk::Sink& one : *sinks)
                if (one.name == name) return done(std::move(one));
        });
    });
}

void SinkOffice::move(Desk::Moving moving, Loop& from,
                      journal::Done<std::vector<std::string>> done) {
    auto move = std::make_shared<Move>(
        Move{std::move(moving), session::on_loop<std::vector<std::string>>(from, std::move(done))});
    turns_.take([this, move] { find(move); });
}

void SinkOffice::find(std::shared_ptr<Move> move) {
    parts_.outbox.ask<Letters>(
        parts_.home,
        [this, alive = alive_, move](Result<Letters> letters) {
            if (!*alive) return;
            if (letters) {
                move->letters = *std::move(letters);
                return found(move);
            }
            turns_.end();
            move->done(fail(letters.error()));
        },
        [moving = move->moving](outbox::OutboxStore& store) {
            return moving.ids.empty() ? all_that_fit(store, moving.of) : named(store, moving);
        });
}

void SinkOffice::found(std::shared_ptr<Move> move) {
    const std::string& sink = move->moving.of.sink;
    if (move->letters.empty() || move->moving.dry_run) {
        turns_.end();
        if (move->letters.empty() && !sink.empty() && feed(sink) == nullptr)
            return move->done(no_sink(sink));
        std::vector<std::string> ids;
        for (const auto& letter : move->letters) ids.push_back(letter.id);
        return move->done(std::move(ids));
    }
    write(std::move(move));
}

// First it is written, then it is done: a crash in between does it at the next start.
void SinkOffice::write(std::shared_ptr<Move> move) {
    const Desk::Moving& moving = move->moving;
    const std::string_view what = moving.discards ? "discarded" : "redriven";
    move->left = move->letters.size();
    for (const outbox::DeadLetter& letter : move->letters) {
        contract::JsonWriter json;
        json.object().key("sink").value(letter.sink).key("chargeId").value(letter.charge.id);
        json.key("by").value(moving.by).key("reason").value(moving.reason).end();
        parts_.writer.write({.stream = letter.charge.account_id,
                             .name = fmt::format("{}:{}:", what, letter.id.substr(3)),
                             .type = fmt::format("billing.delivery.{}", what),
                             .payload = json.take(),
                             .done = [this, alive = alive_, move, &letter](const Status& status) {
                                 if (*alive) written(move, letter, status);
                             }});
    }
}

void SinkOffice::written(const std::shared_ptr<Move>& move, const outbox::DeadLetter& letter,
                         const Status& status) {
    if (!status) {
        move->failed = status;
    } else if (SinkFeed* const sink = feed(letter.sink)) {
        move->moving.discards ? sink->discard(letter) : sink->redrive(letter);
    }
    if (--move->left > 0) return;
    turns_.end();
    if (!move->failed) return move->done(fail(move->failed.error()));
    log::info("dead letters {} count={} by={} reason={}",
              move->moving.discards ? "discarded" : "redriven", move->letters.size(),
              move->moving.by, move->moving.reason);
    std::vector<std::string> ids;
    for (const auto& one : move->letters) ids.push_back(one.id);
    move->done(std::move(ids));
}

void SinkOffice::deliveries_of(const std::string& charge_id, Loop& from,
                               journal::Done<std::vector<outbox::Delivery>> done) {
    using Deliveries = std::vector<outbox::Delivery>;
    parts_.home.post([this, alive = alive_, charge_id,
                      done = session::on_loop<Deliveries>(from, std::move(done))]() mutable {
        if (!*alive) return;
        std::vector<std::string> names;
        for (const auto& feed : feeds_) names.push_back(feed->settings().name);
        parts_.outbox.ask<Deliveries>(
            parts_.home, std::move(done),
            [charge_id,
             names = std::move(names)](outbox::OutboxStore& store) -> Result<Deliveries> {
                auto known = store.deliveries_of(charge_id);
                if (!known) return known;
                for (const std::string& name : names)
                    if (std::ranges::none_of(*known,
                                             [&name](const auto& one) { return one.sink == name; }))
                        known->push_back({.sink = name});
                return known;
            });
    });
}

void SinkOffice::read_back(Desk::Asking asking, Loop& from, journal::Done<Desk::ReadBack> done) {
    parts_.home.post([this, alive = alive_, asking = std::move(asking),
                      done = session::on_loop<Desk::ReadBack>(from, std::move(done))]() mutable {
        if (!*alive) return;
        SinkFeed* const sink = feed(asking.sink);
        if (sink == nullptr) return done(no_sink(asking.sink));
        parts_.outbox.ask<std::vector<outbox::Charge>>(
            parts_.home,
            [alive, sink, asking,
             done = std::move(done)](const Result<std::vector<outbox::Charge>>& charges) mutable {
                if (!*alive) return;
                if (!charges) return done(fail(charges.error()));
                std::vector<sinks::Charge> told;
                for (const outbox::Charge& one : *charges)
                    if (auto charge = published(one)) told.push_back(*std::move(charge));
                app::read_back(sink->adapter(), sink->courier(), asking, std::move(told),
                               std::move(done));
            },
            [account = asking.account_id, item = asking.item, window = asking.window](
                outbox::OutboxStore& store) { return store.charges(account, item, window); });
    });
}

}  // namespace lifeline::app
