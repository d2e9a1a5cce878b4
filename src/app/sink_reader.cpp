#include "app/sink_reader.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace lifeline::app {

namespace {

using ReadBack = api::SinkDesk::ReadBack;
using What = sinks::Found::What;

std::unexpected<Error> unanswered(const sinks::Found& found) {
    return fail(Code::unavailable, "peer_unavailable",
                found.message.empty() ? "the sink did not say" : found.message);
}

// One question after the other.
class EachOfThem : public std::enable_shared_from_this<EachOfThem> {
public:
    EachOfThem(const sinks::Adapter& adapter, sinks::Courier& courier,
               std::vector<sinks::Charge> charges, journal::Done<ReadBack> done)
        : adapter_(adapter),
          courier_(courier),
          charges_(std::move(charges)),
          done_(std::move(done)) {
        read_.quantity = 0;
    }

    void next() {
        if (at_ == charges_.size()) return done_(std::move(read_));
        auto question = adapter_.question(charges_[at_]);
        if (!question) return done_(ReadBack{});
        courier_.carry(*std::move(question),
                       [self = shared_from_this()](const Result<net::Response>& answer) {
                           self->take(answer);
                       });
    }

private:
    void take(const Result<net::Response>& answer) {
        const sinks::Charge& charge = charges_[at_++];
        const sinks::Found found = adapter_.found(charge, answer);
        if (found.what == What::absent) {
            read_.absent.push_back(charge.id);
        } else if (found.what != What::present) {
            return done_(unanswered(found));
        } else {
            read_.present.push_back(charge.id);
            if (__builtin_add_overflow(*read_.quantity, charge.quantity, &*read_.quantity))
                return done_(unanswered({.message = "a sum beyond 64 bits"}));
        }
        next();
    }

    const sinks::Adapter& adapter_;
    sinks::Courier& courier_;
    std::vector<sinks::Charge> charges_;
    journal::Done<ReadBack> done_;
    ReadBack read_;
    std::size_t at_ = 0;
};

// Of which only says what is asked, where there is no charge of it.
sinks::Charge sample_of(const api::SinkDesk::Asking& asking) {
    sinks::Charge charge;
    charge.id = "bu_none";
    charge.account = asking.account_id;
    charge.item = asking.item;
    charge.kind = sinks::usage_kind;
    charge.window = text_of(asking.window);
    charge.time = WallTime(std::chrono::duration_cast<Millis>(asking.window.time_since_epoch()));
    return charge;
}

}  // namespace

void read_back(const sinks::Adapter& adapter, sinks::Courier& courier,
               const api::SinkDesk::Asking& asking, std::vector<sinks::Charge> charges,
               journal::Done<ReadBack> done) {
    sinks::Charge sample = sample_of(asking);
    if (auto question = adapter.total_question(sample))
        return courier.carry(*std::move(question),
                             [&adapter, sample = std::move(sample),
                              done = std::move(done)](const Result<net::Response>& answer) mutable {
                                 const sinks::Found found = adapter.total(sample, answer);
                                 if (found.what == What::unclear) return done(ReadBack{});
                                 if (found.what != What::sum) return done(unanswered(found));
                                 done(ReadBack{.quantity = found.sum});
                             });
    if (adapter.capability().read_back != sinks::ReadBack::record) return done(ReadBack{});
    std::make_shared<EachOfThem>(adapter, courier, std::move(charges), std::move(done))->next();
}

}  // namespace lifeline::app
