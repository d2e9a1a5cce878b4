#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/loop.h"
#include "base/random.h"
#include "sinks/courier.h"
#include "sinks/lane.h"

namespace lifeline::sinks {

// Where it is written what came of a charge at a sink: events of the account's stream. What is not
// written has not happened, and is done again by whoever reads the stream next.
class Ledger {
public:
    using Written = std::move_only_function<void(Status)>;
    using Counted = std::move_only_function<void(Result<std::int64_t>)>;

    virtual ~Ledger() = default;
    // `done` comes once, from the loop.
    virtual void completed(const Charge& charge, const Delivery& delivery, Written done) = 0;
    virtual void parked(const Charge& charge, const Delivery& delivery, Written done) = 0;
    // The quantities that are recorded as delivered to this sink, of the charge's account, item and
    // hour.
    virtual void counted(const Charge& charge, Counted done) = 0;
};

// Brings charges to one sink: a Lane with its effects. Lives on its loop.
class Publisher {
public:
    // All of them outlive this.
    Publisher(Loop& loop, Random& random, const Adapter& adapter, Courier& courier, Ledger& ledger,
              std::string sink, LaneOptions options = {});
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;
    ~Publisher();

    void add(Charge charge, Delivery delivery);
    // Both after it was recorded that a person wants it.
    Status redrive(const std::string& id);
    Status discard(const std::string& id);
    // Nothing more is sent; what is under way is recorded.
    void stop(std::string why) { lane_.stop(std::move(why)); }
    void resume();

    const Lane& lane() const { return lane_; }

private:
    void poke();
    void step();
    void send(Lane::Work work);
    void ask(Lane::Work work);
    void asked(const Lane::Work& work, const Found& found);
    void record();
    void written(const std::string& id, const Status& status);

    WallTime now() const { return loop_.clock().wall(); }

    Loop& loop_;
    const Adapter& adapter_;
    Courier& courier_;
    Ledger& ledger_;
    std::string sink_;  // As the configuration names it.
    Lane lane_;
    Loop::TimerId timer_ = 0;
    bool poked_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::sinks
