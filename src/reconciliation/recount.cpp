#include "reconciliation/recount.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

#include "contract/json.h"
#include "contract/json_writer.h"
#include "reconciliation/bounded.h"

namespace lifeline::reconciliation {

namespace {

using contract::Json;

constexpr std::int64_t quantity_max = 9'000'000'000'000'000;
constexpr std::size_t words_bytes_max = 60'000;  // As JSON: a record of them fits an event.

using Meters = std::map<std::string, Meter, std::less<>>;

std::optional<std::int64_t> number_in(const Json& json, std::string_view name) {
    const auto text = json.text(name);
    if (!text) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    if (number > quantity_max || number < -quantity_max) return std::nullopt;
    return number;
}

std::string text_in(const Json& json, std::string_view name) {
    return std::string(json.text(name).value_or(""));
}

// Those that held when the call was made: the last that were told for its hour.
const Meters& meters_of(const House& house, Window hour) {
    static const Meters none;
    const Meters* held = &none;
    for (const MeterSet& one : house.meters)
        if (one.first <= hour) held = &one.meters;
    return *held;
}

// What of a whole quantity is charged.
std::int64_t charged(std::int64_t quantity, const Meter& meter) {
    if (quantity == 0) return 0;
    const std::int64_t size = quantity < 0 ? -quantity : quantity;
    const std::int64_t rest = size % meter.increment;
    std::int64_t steps = size / meter.increment;
    if (meter.mode == "up" && rest > 0) ++steps;
    if (meter.mode == "nearest" && rest * 2 >= meter.increment) ++steps;
    const std::int64_t whole = std::max(steps * meter.increment, meter.minimum);
    return quantity < 0 ? -whole : whole;
}

struct Kind {
    std::string meter;
    std::string participant = {};
    pricing::Words dims = {};
    friend auto operator<=>(const Kind&, const Kind&) = default;
};

// One call from its begin to the position of the run.
class CallCount {
public:
    CallCount(const House& house, const RawCall& call, Counts& counts)
        : call_(call), counts_(counts), meters_(meters_of(house, window_of(call.created))) {
        // A call of nobody's account is not counted.
        if (call.account.empty() || meters_.empty()) return;
        auto tick = house.ticks.begin();
        for (const RawEvent& event : call.events) {
            for (; tick != house.ticks.end() && tick->position < event.position; ++tick)
                take_tick(*tick);
            take(event);
        }
        for (; tick != house.ticks.end(); ++tick) take_tick(*tick);
    }

private:
    struct Sum {
        std::optional<Window> hour = {};  // That goes on.
        std::optional<Window> done = {};  // The last that was written down.
        std::int64_t waiting = 0;
        std::int64_t whole = 0;  // As measured, all that was written down.
    };
    struct Action {
        std::string type;
        bool begun = false;
        std::optional<Window> unknown = {};
    };
    struct Told {
        Kind kind;
        std::optional<std::int64_t> quantity;
        bool beyond = false;  // Said to be more than a call can have: nobody knows.
    };
    struct Report {
        Window hour;
        std::vector<Told> shares;
    };

    bool has(std::string_view meter) const { return meters_.contains(meter); }
    const Meter& meter(std::string_view name) const {
        const auto declared = meters_.find(name);
        return declared == meters_.end() ? undeclared_.find(name)->second : declared->second;
    }
    Count& cell(const Kind& kind, Window hour) {
        Count& count = counts_[{.account = call_.account,
                                .meter = kind.meter,
                                .participant = kind.participant,
                                .dims = kind.dims,
                                .window = hour}];
        count.unit = meter(kind.meter).unit;
        count.declared = has(kind.meter);
        return count;
    }
    // Rounded is the whole, so an hour has what it adds to that.
    void book(const Kind& kind, Window hour, std::int64_t quantity) {
        Sum& sum = sums_[kind];
        const Meter& of = meter(kind.meter);
        const std::int64_t before = charged(sum.whole, of);
        sum.whole += quantity;
        cell(kind, hour).pieces.push_back({at_, charged(sum.whole, of) - before});
    }
    void write_down(const Kind& kind, Sum& sum) {
        if (!sum.hour) return;
        const Window hour = *std::exchange(sum.hour, std::nullopt);
        const std::int64_t quantity = std::exchange(sum.waiting, 0);
        if (quantity == 0) return;
        book(kind, hour, quantity);
        sum.done = hour;
    }
    // A call has no more of a kind than one fact may say.
    bool holds(const Kind& kind, std::int64_t quantity) {
        const Sum& sum = sums_[kind];
        const std::int64_t all = sum.whole + sum.waiting + quantity;
        return all <= quantity_max && all >= -quantity_max;
    }
    // An hour that was written down gets nothing more of what goes on.
    void go_on(const Kind& kind, Window hour, std::int64_t quantity) {
        Sum& sum = sums_[kind];
        if (sum.hour) {
            hour = std::max(hour, *sum.hour);
        } else if (sum.done) {
            hour = std::max(hour, *sum.done + std::chrono::hours(1));
        }
        if (sum.hour && *sum.hour != hour) write_down(kind, sum);
        sum.hour = hour;
        sum.waiting += quantity;
    }
    void add(const Kind& kind, Window hour, std::int64_t quantity, WallTime now) {
        if (over_ || hour < window_of(now)) return book(kind, hour, quantity);
        go_on(kind, hour, quantity);
    }
    void write_down_before(std::optional<Window> hour) {
        for (auto& [kind, sum] : sums_)
            if (!hour || (sum.hour && *sum.hour < *hour)) write_down(kind, sum);
    }

    // Time, cut at the edges as they lie from where it was last looked at.
    void time_passed(SteadyTime until) {
        const Kind kind{.meter = "call.duration_ms"};
        if (!has(kind.meter)) return;
        auto [wall, steady] = *since_;
        while (steady < until) {
            const Window hour = window_of(wall);
            const Micros to_edge = WallTime(hour + std::chrono::hours(1)) - wall;
            const Micros part = std::min<Micros>(until - steady, to_edge);
            const std::int64_t before = micros_ / 1000;
            micros_ += part.count();
            go_on(kind, hour, micros_ / 1000 - before);
            wall += std::chrono::floor<Millis>(part);
            steady += part;
        }
    }
    void stop(SteadyTime now) {
        if (!since_) return;
        time_passed(now);
        since_.reset();
    }

    void take_tick(const RawEvent& tick) {
        if (tick.position < call_.events.front().position || over_) return;
        at_ = tick.position;
        const auto json = Json::parse(tick.payload);
        const std::string because = json ? text_in(*json, "because") : "";
        if (because == "stop") return stop(tick.steady);
        if (because == "start") {
            // What ran before is known to have lived until then.
            const auto last = tick.before.value_or(std::pair(tick.wall, tick.steady));
            stop(last.second);
            write_down_before(window_of(tick.wall));
            if (connected_) since_ = {tick.wall, tick.steady};
            return;
        }
        if (since_) {
            time_passed(tick.steady);
            since_ = {tick.wall, tick.steady};
        }
        write_down_before(window_of(tick.wall));
    }

    void take(const RawEvent& event) {
        at_ = event.position;
        const std::string& type = event.type;
        if (type == "call.connected" || type == "call.reconnected") {
            connected_ = true;
            if (over_) return;
            stop(event.steady);
            since_ = {event.wall, event.steady};
        } else if (type == "call.reconnecting") {
            stop(event.steady);
            connected_ = false;
        } else if (type == "call.ended" || type == "call.terminal_failure") {
            if (over_) return;
            stop(event.steady);
            over_ = true;
            connected_ = false;
            write_down_before(std::nullopt);
            std::erase_if(actions_, [](const auto& one) { return !one.second.begun; });
        } else if (const auto json = Json::parse(event.payload)) {
            if (type == "transcript.final") return take_words(*json, event);
            if (type == "billing.usage.reported") return take_report(*json, event);
            if (type == "billing.usage.reconciled") return take_correction(*json);
            if (has("action.count")) take_action(*json, event);
        }
    }

    void take_words(const Json& json, const RawEvent& event) {
        const auto chars = number_in(json, "chars").value_or(0);
        if (chars == 0 || !has("transcript.chars")) return;
        add({.meter = "transcript.chars", .dims = {{"speaker", text_in(json, "speaker")}}},
            window_of(event.wall), chars, event.wall);
    }

    void take_action(const Json& json, const RawEvent& event) {
        const std::string id = text_in(json, "actionId");
        if (event.type == "orchestration.action.requested") {
            actions_.try_emplace(id, Action{.type = text_in(json, "actionType")});
            return;
        }
        const auto found = actions_.find(id);
        if (found == actions_.end()) return;
        Action& action = found->second;
        const auto kind = [&](std::string_view outcome) {
            return Kind{.meter = "action.count",
                        .dims = {{"actionType", action.type}, {"outcome", std::string(outcome)}}};
        };
        const std::string_view what =
            std::string_view(event.type).substr(sizeof("orchestration.action.") - 1);
        if (what == "started") {
            action.begun = true;
        } else if (what == "rejected") {
            actions_.erase(found);
        } else if (what == "outcome_unknown") {
            if (!action.begun || action.unknown) return;
            action.unknown = window_of(event.wall);
            ++cell(kind("unknown"), *action.unknown).unknown;
        } else {
            const std::string outcome =
                what == "resolved" ? text_in(json, "resolution") : std::string(what);
            if (action.begun) {
                if (action.unknown) --cell(kind("unknown"), *action.unknown).unknown;
                book(kind(outcome), window_of(event.wall), outcome == "not_executed" ? 0 : 1);
            }
            actions_.erase(found);
        }
    }

    static void add_words(pricing::Words& words, const Json& dims) {
        std::size_t bytes = 2;  // The braces; a comma for each but the first.
        for (const auto& [name, value] : dims.members()) {
            const auto word = value.as_text();
            if (!word || words.size() == 8) continue;
            contract::JsonWriter one;
            one.object().key(name).value(*word).end();
            const std::size_t more = one.take().size() - 2 + (words.empty() ? 0 : 1);
            if (bytes + more > words_bytes_max || !words.emplace(name, *word).second) continue;
            bytes += more;
        }
    }
    // Tokens by direction, of which cached ones are part of the input.
    static std::vector<Told> shares_of(Kind kind, const std::string& model,
                                       const std::optional<Json>& dims,
                                       std::optional<std::int64_t> quantity) {
        const bool tokens = kind.meter == "agent.tokens";
        if (dims && !tokens) add_words(kind.dims, *dims);
        if (!model.empty()) kind.dims["model"] = model;
        if (!tokens || !quantity || !dims) return {{.kind = kind, .quantity = quantity}};
        const auto part = [&](std::string_view name) -> std::optional<std::int64_t> {
            const auto found = dims->find(name);
            const auto number = found ? found->as_integer() : std::nullopt;
            return number && *number >= 0 && *number <= quantity_max ? number : std::nullopt;
        };
        const auto input = part("inputTokens");
        const auto output = part("outputTokens");
        if (!input && !output) return {{.kind = kind, .quantity = quantity}};
        const std::int64_t all = input.value_or(0);
        const std::int64_t cached = std::min(part("cachedTokens").value_or(0), all);
        std::vector<Told> shares;
        for (const auto& [direction, count] :
             {std::pair("input", all - cached), std::pair("cached", cached),
              std::pair("output", output.value_or(0))}) {
            if (count == 0) continue;
            shares.push_back({.kind = kind, .quantity = count});
            shares.back().kind.dims["direction"] = direction;
        }
        if (shares.empty()) shares.push_back({.kind = kind, .quantity = quantity});
        return shares;
    }

    void take_report(const Json& json, const RawEvent& event) {
        const std::string meter = text_in(json, "meter");
        if (meter == "call.duration_ms" || meter == "action.count" || meter == "transcript.chars")
            return;
        // Nothing measures it, and that is to be said: it counts as it is told, and is no report of
        // its id.
        if (!has(meter))
            undeclared_.try_emplace(meter, Meter{.unit = text_in(json, "unit"), .mode = {}});
        const std::string_view apart = has(meter) ? "" : "of no meter ";
        const auto [found, news] =
            reports_.try_emplace(std::string(apart) + text_in(json, "reportId"));
        if (!news) return;
        const WallTime given =
            std::min(parse_rfc3339(json.text("at").value_or("")).value_or(event.wall), event.wall);
        Report& report = found->second;
        report.hour = window_of(given);
        report.shares =
            shares_of({.meter = meter, .participant = text_in(json, "participant")},
                      text_in(json, "model"), json.find("dims"), number_in(json, "quantity"));
        for (Told& share : report.shares) {
            if (share.quantity && !holds(share.kind, *share.quantity)) share.quantity.reset();
            if (share.quantity) {
                add(share.kind, report.hour, *share.quantity, event.wall);
            } else {
                ++cell(share.kind, report.hour).unknown;
            }
        }
    }

    // What it really was, less what was told before, kind by kind.
    void take_correction(const Json& json) {
        const auto found = reports_.find(text_in(json, "reportId"));
        const auto quantity = number_in(json, "quantity");
        if (found == reports_.end() || !quantity) return;
        Report& report = found->second;
        const Kind& first = report.shares.front().kind;
        const auto model = first.dims.find("model");
        std::vector<Told> now =
            shares_of({.meter = first.meter, .participant = first.participant},
                      model == first.dims.end() ? "" : model->second, json.find("dims"), quantity);
        std::map<Kind, std::int64_t> deltas;
        for (const Told& share : now) deltas[share.kind] += *share.quantity;
        for (const Told& share : report.shares) {
            if (share.quantity) deltas[share.kind] -= *share.quantity;
            if (!share.quantity || share.beyond) --cell(share.kind, report.hour).unknown;
        }
        // What a call cannot have stays what it was, and is not known.
        const auto fits = [&](const Kind& kind, std::int64_t delta) {
            const bool held = holds(kind, delta);
            if (held) book(kind, report.hour, delta);
            if (!held) ++cell(kind, report.hour).unknown;
            return held;
        };
        // In the order in which they are told: what is there now, then what is there no more.
        for (Told& share : now) {
            const std::int64_t delta = std::exchange(deltas[share.kind], 0);
            if (delta == 0 || fits(share.kind, delta)) continue;
            const auto old = std::ranges::find(report.shares, share.kind, &Told::kind);
            share.quantity = old == report.shares.end() ? std::nullopt : old->quantity;
            share.beyond = share.quantity.has_value();
        }
        for (const Told& share : report.shares) {
            const std::int64_t delta = std::exchange(deltas[share.kind], 0);
            if (delta != 0 && !fits(share.kind, delta))
                now.push_back({share.kind, share.quantity, true});
        }
        report.shares = std::move(now);
    }

    const RawCall& call_;
    Counts& counts_;
    const Meters& meters_;
    Meters undeclared_;
    std::uint64_t at_ = 0;
    bool connected_ = false;
    bool over_ = false;
    std::optional<std::pair<WallTime, SteadyTime>> since_;
    std::int64_t micros_ = 0;
    std::map<Kind, Sum> sums_;
    std::map<std::string, Action> actions_;
    std::map<std::string, Report> reports_;
};

}  // namespace

std::int64_t Count::sum() const {
    std::int64_t sum = 0;
    for (const Piece& piece : pieces) sum = bounded_sum(sum, piece.quantity);
    return sum;
}

Counts recount(const House& house, const RawCall& call) {
    Counts counts;
    if (!call.events.empty()) CallCount(house, call, counts);
    return counts;
}

}  // namespace lifeline::reconciliation
