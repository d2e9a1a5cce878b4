#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/virtual_loop.h"
#include "sinks/publisher.h"
#include "sinks/test_charge.h"

// A publisher in a world where requests and answers are lost, the sink forgets ids, throttles and
// breaks, storage fails and the process dies at any moment. What a process knows when it begins is
// what is in the journal, and nothing else.
namespace lifeline::sinks {

// What a sink really does.
struct SinkNature {
    std::optional<Millis> remembers = std::chrono::hours(24);
    Millis shows_after = Millis(0);
};

// How the adapter speaks here: a line for each charge, a word for each in the answer.
class PlainAdapter final : public Adapter {
public:
    explicit PlainAdapter(Capability capability) : capability_(capability) {}
    const Capability& capability() const override { return capability_; }
    std::optional<std::string> refuses(const Charge&) const override { return std::nullopt; }
    Request request(std::span<const Item> items, WallTime) const override {
        Request request{.method = "POST", .path = "", .headers = {}, .body = {}};
        for (const Item& item : items) request.body += item.charge->id + "\n";
        return request;
    }
    std::vector<Reply> replies(std::span<const Item> items,
                               const Result<net::Response>& answer) const override;
    std::optional<Request> question(const Charge& charge) const override {
        return Request{.method = "GET", .path = charge.id, .headers = {}, .body = {}};
    }
    Found found(const Charge& charge, const Result<net::Response>& answer) const override;

private:
    Capability capability_;
};

class World final : public Courier, public Ledger {
public:
    // `declared` may lie about `nature`: then the test has to notice.
    World(std::uint64_t seed, Capability declared, SinkNature nature);

    // Days of charges, faults, crashes and people; then everything is quiet and is finished.
    void live();

    struct Judgement {
        std::size_t charges = 0;
        std::size_t lost = 0;
        std::size_t doubled = 0;
        std::size_t unfinished = 0;
        std::size_t crashes = 0;
        std::size_t asked = 0;
        std::size_t parked = 0;
    };
    Judgement judge() const;

    void carry(Request request, Done done) override;
    void completed(const Charge& charge, const Delivery& delivery, Written done) override;
    void parked(const Charge& charge, const Delivery& delivery, Written done) override;
    void counted(const Charge& charge, Counted done) override;

private:
    // The last event of a charge at the sink; what a process can know.
    struct Record {
        enum class Kind { recorded, completed, parked, redriven, discarded };
        Charge charge;
        Kind kind = Kind::recorded;
        WallTime when;
        Because because = Because::permanent;
        unsigned attempts = 0;
    };
    struct Receipt {
        WallTime first;
        unsigned times = 0;
    };

    WallTime now() { return loop_.clock().wall(); }
    bool often(std::uint64_t one_in) { return chance_.below(one_in) == 0; }
    void charge();
    void crash();
    void begin();
    void people();
    std::string take(const std::string& id);
    std::string ask(const std::string& id);
    template <class Call>
    void soon(Call call, std::uint64_t within_ms) {
        loop_.start_timer(Millis(1 + static_cast<std::int64_t>(chance_.below(within_ms))),
                          std::move(call));
    }

    VirtualLoop loop_;
    SeededRandom chance_;
    PlainAdapter adapter_;
    SinkNature nature_;
    std::map<std::string, Record> journal_;
    std::map<std::string, Receipt> receipts_;
    std::optional<Publisher> publisher_;
    bool faults_ = true;
    bool down_ = false;
    unsigned last_id_ = 0;
    std::size_t crashes_ = 0;
    std::size_t asked_ = 0;
    std::size_t parked_ = 0;
};

}  // namespace lifeline::sinks
