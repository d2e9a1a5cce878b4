#include "app/sink_feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "contract/event.h"

namespace lifeline::app {

namespace {

using sinks::Delivery;

// On their way to one sink at a time: a few megabytes, and more than any sink's rate needs.
constexpr std::size_t window = 2'000;
constexpr std::size_t page_most = 256;
// Of those that were redriven.
constexpr std::size_t redriven_most = 256;
// Those that may be there although nobody counts them as delivered, where sums are asked for.
constexpr std::size_t doubtful_most = 20'000;
constexpr Millis rest_look = std::chrono::milliseconds(20);
constexpr unsigned rest_looks_most = 150;

sinks::Because because_of(std::string_view word) {
    for (const auto because :
         {sinks::Because::conflict, sinks::Because::unknown, sinks::Because::exhausted})
        if (word == to_text(because)) return because;
    return sinks::Because::permanent;
}

}  // namespace

Result<sinks::Charge> published(const outbox::Charge& charge) {
    contract::EventChecker checker;
    const auto event = checker.read_stored(contract::event_json(
        "ll_charge", charge.account_id, charge.ts, charge.type, charge.payload_json));
    if (!event) return fail(event.error());
    return sinks::charge_of(*event);
}

SinkFeed::SinkFeed(Parts parts, Settings settings)
    : parts_(std::move(parts)), settings_(std::move(settings)) {
    sinks::LaneOptions options;
    options.retry.attempts_max = settings_.attempts;
    publisher_.emplace(parts_.home, parts_.random, *parts_.adapter, *parts_.courier,
                       static_cast<sinks::Ledger&>(*this), settings_.name, options);
}

SinkFeed::~SinkFeed() {
    *alive_ = false;
    if (timer_ != 0) parts_.home.cancel_timer(timer_);
}

void SinkFeed::start() {
    const auto& sink = parts_.adapter->capability();
    const bool sums = sink.read_back == sinks::ReadBack::aggregate;
    const WallTime now = parts_.home.clock().wall();
    const Window from = std::chrono::floor<std::chrono::hours>(
        now - sink.oldest.value_or(std::chrono::days(366)) - std::chrono::hours(24));
    parts_.outbox.ask<Known>(
        parts_.home,
        [this, alive = alive_](const Result<Known>& known) {
            if (!*alive) return;
            if (!known)
                return log::error("sink={} is not told anything reason={} {}", settings_.name,
                                  known.error().reason, known.error().detail);
            take_up(*known);
        },
        [name = settings_.name, sums, from](outbox::OutboxStore& store) -> Result<Known> {
            const auto counts = store.counts(name, std::nullopt);
            if (!counts) return fail(counts.error());
            Known known{.parked = counts->parked, .doubtful = {}};
            if (!sums) return known;
            auto doubtful = store.doubtful(name, from, doubtful_most);
            if (!doubtful) return fail(doubtful.error());
            known.doubtful = *std::move(doubtful);
            return known;
        });
}

void SinkFeed::take_up(const Known& known) {
    parked_ = known.parked;
    for (const outbox::DeadLetter& letter : known.doubtful) {
        add_letter(letter);
        if (letter.discarded) (void)publisher_->discard(letter.charge.id);
    }
    started_ = true;
    warn_of_letters();
    look();
}

void SinkFeed::add_letter(const outbox::DeadLetter& letter) {
    if (auto charge = published(letter.charge)) {
        auto delivery = sinks::parked(*charge, because_of(letter.because),
                                      static_cast<unsigned>(letter.attempts), letter.message);
        publisher_->add(*std::move(charge), std::move(delivery));
    }
}

std::size_t SinkFeed::room() const {
    const std::size_t taken = open_ + parked_ + redriven_.size();
    const std::size_t letters =
        settings_.dead_letters_max - std::min(settings_.dead_letters_max, taken);
    return std::min({page_most, letters, window - std::min(window, open_)});
}

void SinkFeed::look() {
    if (!started_ || stopped_) return;
    if (asking_) {
        again_ = true;
        return;
    }
    const std::size_t limit = room();
    if (limit == 0) return;  // Whatever ends looks again.
    asking_ = true;
    again_ = false;
    parts_.outbox.ask<Page>(
        parts_.home,
        [this, alive = alive_, limit](Result<Page> page) {
            if (!*alive) return;
            asking_ = false;
            if (page) {
                again_ = again_ || page->open.size() == limit;
                take(*std::move(page));
            } else {
                log::warn("sink={} cannot see what is open reason={}", settings_.name,
                          page.error().reason);
            }
            ended_meanwhile_.clear();
            if (again_) look();
        },
        [query = outbox::OpenQuery{.sink = settings_.name,
                                   .from = settings_.from,
                                   .after = after_,
                                   .limit = limit}](outbox::OutboxStore& store) -> Result<Page> {
            auto open = store.open(query);
            if (!open) return fail(open.error());
            if (open->size() == query.limit) {
                const std::uint64_t last = open->back().charge.position;
                return Page{*std::move(open), last};
            }
            const auto cursor = store.cursor();
            if (!cursor) return fail(cursor.error());
            return Page{*std::move(open), *cursor};
        });
}

// What was booked before this process began may have been sent by one that is gone.
void SinkFeed::take(Page page) {
    const WallTime now = parts_.home.clock().wall();
    for (outbox::Open& one : page.open) {
        const std::string& id = one.charge.id;
        if (ended_meanwhile_.contains(id) || unread_.contains(id) || redriving_.contains(id) ||
            publisher_->lane().find(id) != nullptr)
            continue;
        auto charge = published(one.charge);
        if (!charge) {
            park_unread(one.charge, charge.error());
            continue;
        }
        Delivery delivery = one.charge.position > settings_.began ? sinks::fresh(now)
                                                                  : sinks::reopened(*charge, now);
        if (const auto since = parse_rfc3339(one.redriven_at))
            delivery = sinks::reopened_redriven(*charge, parts_.adapter->capability(), *since, now);
        ++open_;
        publisher_->add(*std::move(charge), std::move(delivery));
    }
    after_ = std::max(after_, page.up_to);
}

void SinkFeed::redrive(const outbox::DeadLetter& letter) {
    if (!redriving_.insert(letter.charge.id).second) return;
    redriven_.push_back(letter);
    if (parked_ > 0) --parked_;
    warn_of_letters();
    send_redriven();
}

void SinkFeed::send_redriven() {
    while (!redriven_.empty() && redriving_.size() - redriven_.size() < redriven_most) {
        const outbox::DeadLetter letter = std::move(redriven_.front());
        redriven_.pop_front();
        const std::string& id = letter.charge.id;
        if (const auto charge = published(letter.charge); !charge) {
            park_unread(letter.charge, charge.error());
            continue;
        }
        if (publisher_->lane().find(id) == nullptr) add_letter(letter);
        if (const auto sent = publisher_->redrive(id); sent) {
            ++open_;
            continue;
        }
        log::warn("sink={} charge={} is sent again only after the next start", settings_.name, id);
        redriving_.erase(id);
    }
}

void SinkFeed::discard(const outbox::DeadLetter& letter) {
    (void)publisher_->discard(letter.charge.id);  // Where it is known.
    if (parked_ > 0) --parked_;
    warn_of_letters();
    look();
}

void SinkFeed::resume() {
    publisher_->resume();
    for (const auto& [id, unread] : std::map(unread_)) write_unread(id);
    look();
}

// Somebody has to look long before it is full: then nothing more is sent there.
void SinkFeed::warn_of_letters() {
    const bool many = parked_ * 5 >= settings_.dead_letters_max * 4;
    if (is_full())
        log::error("sink={} has {} dead letters, as many as may be: nothing more is sent there",
                   settings_.name, parked_);
    else if (many && !warned_)
        log::error("sink={} has {} dead letters of at most {}", settings_.name, parked_,
                   settings_.dead_letters_max);
    warned_ = many;
}

api::SinkDesk::Sink SinkFeed::state() const {
    const sinks::Lane& lane = publisher_->lane();
    api::SinkDesk::Sink sink{.name = settings_.name,
                             .kind = settings_.kind,
                             .state = "running",
                             .message = {},
                             .counts = {}};
    if (!started_) {
        sink.message = "not started yet";
    } else if (!lane.stopped().empty()) {
        sink.state = "stopped";
        sink.message = lane.stopped();
    } else if (is_full()) {
        sink.state = "stopped";
        sink.message = fmt::format(
            "{} dead letters, as many as may be: redrive or discard some, or raise "
            "billing.dead_letters_max",
            parked_);
    } else if (lane.circuit().until()) {
        sink.state = "resting";
        sink.message = lane.circuit().why();
    }
    return sink;
}

bool SinkFeed::is_under_way() const {
    using Stage = Delivery::Stage;
    return writing_ > 0 || std::ranges::any_of(publisher_->lane().entries(), [](const auto& one) {
               const Stage stage = one.second.delivery.stage;
               return stage == Stage::sending || stage == Stage::asking;
           });
}

void SinkFeed::stop(Job stopped) {
    stopped_ = std::move(stopped);
    publisher_->stop("the server stops");
    wait_for_rest();
}

void SinkFeed::wait_for_rest() {
    if (!is_under_way() || ++waits_ > rest_looks_most) return std::exchange(stopped_, [] {})();
    timer_ = parts_.home.start_timer(rest_look, [this] {
        timer_ = 0;
        wait_for_rest();
    });
}

}  // namespace lifeline::app
