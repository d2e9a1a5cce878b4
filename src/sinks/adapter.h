#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/http_message.h"
#include "sinks/capability.h"
#include "sinks/charge.h"

namespace lifeline::sinks {

// One request to a sink, without its scheme and host.
struct Request {
    std::string method;
    std::string path;  // With its query.
    net::Headers headers;
    std::string body;
};

// A charge that is sent, and how often it was answered before without being taken: a sink that
// keeps its answers by a request's key would otherwise give the same one for ever.
struct Item {
    const Charge* charge = nullptr;
    unsigned answered = 0;
};

// What an answer means for one charge.
struct Reply {
    enum class Meaning : std::uint8_t {
        delivered,
        duplicate,  // It has it from before, which is as good.
        transient,  // Not taken; later may be better.
        unknown,    // Nobody knows whether it was taken.
        permanent,  // It will never take this one.
        conflict,   // It has another content under this id.
        disabled,   // It wants nothing from us any more.
    };
    // Whose fault it is. A failure of the sink says nothing about a charge.
    enum class Of : std::uint8_t { charge, sink };

    Meaning meaning = Meaning::unknown;
    Of of = Of::charge;
    std::optional<Millis> retry_after = {};
    unsigned status = 0;  // 0: there was no answer.
    std::string message = {};
    // A batch was refused, nobody knows because of which: each is to be sent by itself.
    bool alone = false;
};

// What a sink says when it is asked whether it has a charge.
struct Found {
    enum class What : std::uint8_t {
        present,
        absent,
        sum,      // What it has of the account, the item and the hour in all: `sum`.
        unclear,  // It answered, and that says nothing.
        failed,   // It did not answer; ask again.
    };
    What what = What::failed;
    std::int64_t sum = 0;
    std::string message = {};
};

// How a sink is spoken to, and nothing else: when, how often and what follows is decided by
// delivery.h, the same for all. Pure; any thread.
class Adapter {
public:
    virtual ~Adapter() = default;

    virtual const Capability& capability() const = 0;
    // Why it could never take this one; nothing: it can.
    virtual std::optional<std::string> refuses(const Charge& charge) const = 0;
    // Of as many as its batch takes, none of which it refuses.
    virtual Request request(std::span<const Item> items, WallTime now) const = 0;
    // One for each, in their order. `answer` is of net::HttpClient.
    virtual std::vector<Reply> replies(std::span<const Item> items,
                                       const Result<net::Response>& answer) const = 0;
    // Nothing where it cannot be asked about this one.
    virtual std::optional<Request> question(const Charge&) const { return std::nullopt; }
    virtual Found found(const Charge&, const Result<net::Response>&) const { return {}; }
    // What it has in all of the charge's account, item and hour: for whoever compares, and where
    // nothing else can be asked.
    virtual std::optional<Request> total_question(const Charge&) const { return std::nullopt; }
    virtual Found total(const Charge&, const Result<net::Response>&) const { return {}; }
};

// The accounts and items of the configuration, by what the sink calls them.
using Names = std::map<std::string, std::string, std::less<>>;

// The sink's name of it; empty where the configuration has none.
std::string_view name_in(const Names& names, std::string_view key);

// The digits of a quantity, without its sign.
int digits_of(std::int64_t quantity);

}  // namespace lifeline::sinks
