#include "money/history.h"

#include <fmt/format.h>

#include <deque>
#include <utility>

#include "billing/billing.h"
#include "metering/metering.h"
#include "money/card.h"
#include "money/figures.h"

namespace lifeline::money {

namespace {

constexpr std::size_t at_once = 64;  // Calls.
constexpr std::size_t accounts = 50;
constexpr Millis a_turn = std::chrono::seconds(10);
constexpr std::size_t due_at_once = 250;  // What one append takes, should it be one stream's.

void tick(House& house, std::string_view because, std::size_t open) {
    house.write("sys_metering", "system.tick",
                fmt::format(R"({{"because":"{}","openCalls":{},"window":"{}"}})", because, open,
                            text_of(window_of(house.clock().wall()))));
}

void begin(House& house) {
    tick(house, "start", 0);
    const metering::Meters meters = metering::Meters::builtin();
    house.write(
        "sys_metering", "billing.meters.activated",
        fmt::format(R"({{"effectiveFrom":"{}","meters":{},"sha256":"{}"}})",
                    text_of(window_of(house.clock().wall())), meters.json(), meters.sha256()));
    const auto card = pricing::parse_card(card_text);
    CHECK(card);
    house.write("sys_billing", "billing.card.activated", card_payload(*card));
}

template <class View>
std::unique_ptr<View> start(House& house, Worker& worker, const std::string& name) {
    auto view = std::make_unique<View>(house.loop(), worker, house.journal());
    house.wait<void>([&](auto done) {
        house.loop().post([&, done = std::move(done)]() mutable {
            view->start(house.folder() + "/live_" + name + ".db", std::move(done));
        });
    });
    return view;
}

// The calls, and what the server writes of them while they go on.
class Writing {
public:
    explicit Writing(House& house)
        : house_(house),
          metering_(start<metering::Metering>(house, worker_, "metering")),
          billing_(start<billing::Billing>(house, worker_, "billing")) {}
    // On their loop, which may still be in them.
    ~Writing() {
        house_.on_loop([this] {
            metering_.reset();
            billing_.reset();
        });
    }
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

    Written write(std::size_t events) {
        begin(house_);
        talk(events);
        house_.clock().pass(std::chrono::hours(1));
        end_hour(0);
        tick(house_, "stop", 0);
        return written_;
    }

private:
    void talk(std::size_t events) {
        std::deque<Talk> open;
        std::size_t rounds = 0;
        const auto begun = Watch::now();
        for (bool more = true; more || !open.empty(); ++rounds) {
            const auto written = static_cast<std::size_t>(house_.journal().head_position());
            more = written < events;
            // One more in each round, so that they neither begin nor end together.
            if (more && open.size() < at_once)
                open.emplace_back(written_.calls++, accounts, Talking());
            Batches batches;
            for (Talk& one : open)
                for (const Said& said : one.next(house_.clock().wall()))
                    house_.add(batches, one.session(), said.type, said.payload);
            std::erase_if(open, [&](const Talk& one) { return !batches.contains(one.session()); });
            house_.write(std::move(batches));
            house_.clock().pass(a_turn);
            if (window_of(house_.clock().wall()) != hour_) end_hour(open.size());
            if (rounds % 8 == 0) write_records();
            if (rounds % 256 == 255)
                fmt::print(stderr, "{} events written, {:.0f} s\n", written, seconds_since(begun));
        }
    }

    // What lies in it is written, and it is closed and charged.
    void end_hour(std::size_t open) {
        tick(house_, "hour", open);
        write_records();
        const Window over = std::exchange(hour_, window_of(house_.clock().wall()));
        house_.write("sys_metering", "billing.window.closed",
                     fmt::format(R"({{"upToPosition":{},"window":"{}"}})",
                                 house_.journal().head_position(), text_of(over)));
        write_charges();
    }

    void write_records() {
        for (;;) {
            const auto due = house_.wait<std::vector<metering::DueRecord>>(
                [&](auto done) { metering_->due(due_at_once, house_.loop(), std::move(done)); });
            if (due.empty()) return;
            Batches batches;
            for (const metering::DueRecord& one : due)
                house_.add(batches, one.session_id, "billing.usage.measured",
                           signed_by_nobody(one.json));
            written_.records += due.size();
            house_.write(std::move(batches));
        }
    }

    void write_charges() {
        for (;;) {
            const auto due = house_.wait<std::vector<billing::DueEntry>>(
                [&](auto done) { billing_->due(due_at_once, house_.loop(), std::move(done)); });
            if (due.empty()) return;
            Batches batches;
            for (const billing::DueEntry& one : due)
                house_.add(batches, one.account_id, one.type, one.payload);
            written_.charges += due.size();
            house_.write(std::move(batches));
        }
    }

    House& house_;
    ThreadWorker worker_{"live"};
    std::unique_ptr<metering::Metering> metering_;
    std::unique_ptr<billing::Billing> billing_;
    Window hour_ = window_of(house_.clock().wall());
    Written written_;
};

}  // namespace

Written write_history(House& house, std::size_t events) {
    return Writing(house).write(events);
}

}  // namespace lifeline::money
