#include "app/sink_questions.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "base/log.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"

namespace lifeline::app {

namespace {

using findings::Charged;
using findings::FindingsStore;

constexpr std::size_t ids_max = 200;

std::string payload_of(const api::SinkDesk::Asking& asking, const api::SinkDesk::ReadBack& said,
                       std::uint64_t as_of) {
    contract::JsonWriter json;
    json.object().key("asOfPosition").value(as_of);
    if (!said.present.empty() && said.present.size() <= ids_max) {
        json.key("charges").array();
        for (const std::string& id : said.present) json.value(id);
        json.end();
    }
    json.key("item").value(asking.item);
    json.key("quantity").value(std::to_string(said.quantity.value_or(0)));
    json.key("sink").value(asking.sink).key("source").value("sink");
    json.key("window").value(text_of(asking.window)).end();
    return contract::canonical_json(json.take());
}

// Whether that is known, of whenever it was asked.
bool is_known(const std::string& known, const api::SinkDesk::Asking& asking,
              const api::SinkDesk::ReadBack& said) {
    const auto json = contract::Json::parse(known);
    const auto as_of = json ? json->find("asOfPosition") : std::nullopt;
    const auto asked = as_of ? as_of->as_integer() : std::nullopt;
    return asked && contract::canonical_json(known) ==
                        payload_of(asking, said, static_cast<std::uint64_t>(*asked));
}

}  // namespace

struct SinkQuestions::Charges {
    std::vector<Charged> of_hours;
    std::map<std::string, std::vector<Charged>> unasked;  // By sink.
};

struct SinkQuestions::Round {
    std::deque<Question> questions;
    std::set<Question> charged;    // Of these hours.
    std::set<Question> known;      // All that are asked, each once.
    std::set<std::string> silent;  // That did not answer once are not asked again.
    std::size_t asked = 0;
    SteadyTime until;
    Status status = {};
    journal::Done<void> done;
};

void SinkQuestions::ask(findings::Span of, journal::Done<void> done) {
    if (parts_.sinks.empty()) return done({});
    auto round = std::make_shared<Round>();
    round->until = parts_.home.clock().steady() + parts_.within;
    round->done = std::move(done);
    const Window now = window_of(parts_.home.clock().wall());
    parts_.findings.ask<Charges>(
        parts_.home,
        [this, alive = alive_, round, of](const Result<Charges>& charges) {
            if (!*alive) return;
            if (!charges) return round->done(fail(charges.error()));
            gather(round, of, *charges);
            next(round);
        },
        [of, sinks = parts_.sinks, limit = parts_.questions_max,
         recent = findings::Span{now - parts_.asked_for, of.last}](
            FindingsStore& store) -> Result<Charges> {
            Charges charges;
            auto charged = store.charged(of);
            if (!charged) return fail(charged.error());
            charges.of_hours = *std::move(charged);
            for (const std::string& sink : sinks) {
                auto unasked = store.unasked(sink, recent, limit);
                if (!unasked) return fail(unasked.error());
                charges.unasked.emplace(sink, *std::move(unasked));
            }
            return charges;
        });
}

// First what was charged in these hours, then what an earlier run left, also one of another
// process, and at last what nobody was charged for.
void SinkQuestions::gather(const RoundPtr& round, findings::Span of, const Charges& charges) {
    const auto add = [&](const Question& question) {
        const auto from = parts_.from.find(std::get<1>(question));
        if (from != parts_.from.end() && std::get<0>(question) < from->second) return;
        if (round->known.insert(question).second) round->questions.push_back(question);
    };
    for (const std::string& sink : parts_.sinks)
        for (const Charged& one : charges.of_hours) {
            const Question question(one.hour, sink, one.account_id, one.item);
            round->charged.insert(question);
            add(question);
        }
    for (const auto& [sink, unasked] : charges.unasked)
        for (const Charged& one : unasked) {
            const Question question(one.hour, sink, one.account_id, one.item);
            round->charged.insert(question);
            if (!mute_.contains({sink, one.item})) add(question);
        }
    for (const Question& question : left_) add(question);
    left_.clear();
    const std::size_t enough = parts_.questions_max + parts_.left_max;
    for (const Sums& sums : parts_.sums)
        for (Window hour = of.first; hour <= of.last; hour += std::chrono::hours(1))
            for (const std::string& account : sums.accounts)
                for (const std::string& item : sums.items)
                    if (round->questions.size() < enough)
                        add(Question(hour, sums.sink, account, item));
}

void SinkQuestions::next(RoundPtr round) {
    for (;;) {
        if (round->questions.empty() || round->asked == parts_.questions_max ||
            parts_.home.clock().steady() > round->until)
            return finish(round);
        if (!round->silent.contains(std::get<1>(round->questions.front()))) break;
        left_.insert(std::move(round->questions.front()));
        round->questions.pop_front();
    }
    ++round->asked;
    const Question question = std::move(round->questions.front());
    round->questions.pop_front();
    const auto& [hour, sink, account, item] = question;
    const Desk::Asking asking{sink, account, item, hour};
    parts_.read_back(asking, parts_.home,
                     [this, alive = alive_, round, asking, question,
                      as_of = parts_.head()](const Result<Desk::ReadBack>& said) {
                         if (!*alive) return;
                         if (!said) {
                             left_.insert(question);
                             round->silent.insert(asking.sink);
                             round->status = fail(said.error());
                             return next(round);
                         }
                         if (!said->quantity) {
                             mute_.emplace(asking.sink, asking.item);
                             return next(round);
                         }
                         answered(round, asking, *said, as_of);
                     });
}

// The same word is not written again, unless something was delivered since; and that there is
// nothing of what nobody was charged for only where something was.
void SinkQuestions::answered(RoundPtr round, const Desk::Asking& asking, const Desk::ReadBack& said,
                             std::uint64_t as_of) {
    const bool charged = round->charged.contains(
        Question(asking.window, asking.sink, asking.account_id, asking.item));
    const bool nothing = !charged && said.quantity == 0 && said.present.empty();
    parts_.findings.ask<bool>(
        parts_.home,
        [this, alive = alive_, round, asking, said, as_of](const Result<bool>& news) {
            if (!*alive) return;
            if (news && !*news) return next(round);
            write(round, asking, payload_of(asking, said, as_of));
        },
        [asking, said, nothing](FindingsStore& store) -> Result<bool> {
            const std::string window = text_of(asking.window);
            if (nothing) {
                const auto spoken =
                    store.has_spoken(asking.account_id, asking.sink, asking.item, window);
                if (!spoken || !*spoken) return spoken;
            }
            const auto known = store.elsewhere(asking.account_id, asking.sink, asking.item, window);
            if (!known) return fail(known.error());
            return known->empty() || !is_known(*known, asking, said);
        });
}

void SinkQuestions::write(RoundPtr round, const Desk::Asking& asking, std::string payload) {
    parts_.writer.write({.stream = asking.account_id,
                         .name = "elsewhere:",
                         .type = "billing.counted.elsewhere",
                         .payload = std::move(payload),
                         .done = [this, alive = alive_, round](const Status& written) {
                             if (!*alive) return;
                             if (written) return next(round);
                             round->status = fail(written.error());
                             finish(round);
                         }});
}

void SinkQuestions::finish(const RoundPtr& round) {
    for (Question& question : round->questions) left_.insert(std::move(question));
    std::size_t dropped = 0;
    for (; left_.size() > parts_.left_max; ++dropped) left_.erase(left_.begin());
    if (!left_.empty() || dropped > 0)
        log::warn("questions to sinks wait for the next run left={} dropped={}", left_.size(),
                  dropped);
    round->done(round->status);
}

}  // namespace lifeline::app
