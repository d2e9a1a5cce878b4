#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/feed.h"
#include "api/idempotency.h"
#include "api/line_stream.h"
#include "api/routes.h"
#include "base/id.h"
#include "call/consent.h"
#include "contract/json.h"
#include "session/feed.h"

namespace lifeline::api {

namespace {

using contract::EventType;

constexpr Millis answer_timeout{120'000};

// What somebody said and the agent's answer to it, event by event, until its turn is over. Lives on
// the server's loop; keeps itself while its reader is there.
class TurnAnswer final : public std::enable_shared_from_this<TurnAnswer>, session::FeedReader {
public:
    TurnAnswer(Loop& loop, std::shared_ptr<LineStream> lines, std::string utterance_id)
        : loop_(loop), lines_(std::move(lines)), utterance_id_(std::move(utterance_id)) {}

    void start(session::Sessions& sessions, const std::string& session_id, std::uint64_t after,
               identity::Principal principal, Millis timeout) {
        self_ = shared_from_this();
        timer_ = loop_.start_timer(timeout, [this] {
            timer_ = 0;
            stop(&LineStream::end);
        });
        lines_->start(
            [weak = weak_from_this()] {
                if (const auto self = weak.lock(); self && self->feed_) self->feed_->pull();
            },
            [weak = weak_from_this()] {
                if (const auto self = weak.lock()) self->gone();
            });
        feed_.emplace(loop_, sessions, session_id, after, static_cast<session::FeedReader&>(*this),
                      [principal = std::move(principal)](const call::State& state) -> Status {
                          const auto role = authorize(state, principal, Need::read);
                          return role ? Status() : fail(role.error());
                      });
        feed_->pull();
    }

private:
    void take(std::vector<journal::StoredEvent> events) override {
        std::string lines;
        bool last = false;
        for (const auto& stored : events) {
            lines += event_record_json(stored) + "\n";
            last = is_last(stored);
            if (last) break;
        }
        const auto self = shared_from_this();
        const bool more = lines_->write(lines);
        if (last) return stop(&LineStream::end);
        if (more && feed_) feed_->pull();
    }
    void caught_up(std::uint64_t) override {}
    void ended(const Error&) override { stop(&LineStream::break_off); }

    // The turn that took the utterance up came to its end, or the call did. One that died with its
    // server is taken up again.
    bool is_last(const journal::StoredEvent& stored) {
        if (stored.erased) return false;
        const auto event = checker_.read_stored(stored.bytes);
        if (!event) return false;
        const std::string_view turn = event->find_text("turnId").value_or("");
        switch (event->type()) {
            case EventType::orchestration_turn_started: {
                namespace f = contract::field::orchestration_turn_started;
                const auto inputs = contract::Json::parse(event->raw(f::input_utterance_ids));
                if (inputs && std::ranges::any_of(inputs->items(), [this](const auto& input) {
                        return input.as_text() == utterance_id_;
                    }))
                    turn_id_ = turn;
                return false;
            }
            case EventType::orchestration_turn_failed:
                if (event->find_text("code") == "restarted") return false;
                [[fallthrough]];
            case EventType::orchestration_turn_completed:
            case EventType::orchestration_turn_cancelled:
                return !turn_id_.empty() && turn == turn_id_;
            case EventType::call_ended:
            case EventType::call_terminal_failure:
                return true;
            default:
                return false;
        }
    }

    void stop(void (LineStream::*end)()) {
        const auto self = shared_from_this();
        const auto lines = lines_;
        gone();
        (lines.get()->*end)();
    }
    void gone() {
        if (timer_ != 0) loop_.cancel_timer(std::exchange(timer_, 0));
        // By a job of its own: the feed may be what is calling.
        loop_.post([last = std::move(self_)] {
            if (last) last->feed_.reset();
        });
    }

    Loop& loop_;
    std::shared_ptr<LineStream> lines_;
    std::string utterance_id_;
    std::string turn_id_;
    contract::EventChecker checker_;
    std::optional<session::Feed> feed_;
    Loop::TimerId timer_ = 0;
    std::shared_ptr<TurnAnswer> self_;
};

struct Wish {
    std::string text;
    std::string name;         // From which the ids are made.
    bool repeatable = false;  // It has a key: what is said must not depend on when.
    Millis timeout = answer_timeout;
};

// Who speaks, and since when the call runs: what the utterance says of itself.
struct Speaker {
    std::string role;
    std::int64_t at_ms = 0;
    bool begins = false;  // Nobody has started this call: who needs no socket starts it so.
};

Result<Speaker> may_speak(Api& api, const call::State& state, const identity::Principal& principal,
                          const std::vector<std::string>& hosted) {
    const auto role = authorize(state, principal, Need::write);
    if (!role) return fail(role.error());
    if (state.over()) return fail(Code::gone, "session_over", "the call is over");
    const bool answered = std::ranges::any_of(state.participants, [&](const auto& one) {
        return !one.removed && one.role == contract::Role::agent &&
               std::ranges::find(hosted, one.id) != hosted.end();
    });
    if (!answered)
        return fail(Code::conflict, "no_agent",
                    "none of the call's participants is an agent of this server");
    if (*role == contract::Role::agent)
        return fail(Code::not_allowed, "forbidden", "an agent does not ask itself");
    // Before the call is started for it.
    if (const auto kept = call::may_be_kept(state, principal.user_id, *role); !kept)
        return fail(kept.error());
    Speaker speaker{.role = *role == contract::Role::operator_ ? "operator" : "user"};
    speaker.begins = state.status == call::Status::created && !state.held_by_provider();
    if (state.connected_at)
        speaker.at_ms =
            std::max<std::int64_t>((api.parts().clock.wall() - *state.connected_at).count(), 0);
    return speaker;
}

void answer_lines(Api& api, Asked asked, const Wish& wish, std::uint64_t seq) {
    auto reader = api.open_streams().enter(asked.principal);
    auto lines = std::make_shared<LineStream>(asked.event_stream(api.parts().journal.epoch()),
                                              asked.loop(), asked.principal.expires_at);
    reader->lines = lines;
    lines->hold(reader);
    auto answer = std::make_shared<TurnAnswer>(asked.loop(), lines, "utt_" + wish.name);
    answer->start(api.parts().sessions, asked.session_id(), seq - 1, asked.principal, wish.timeout);
}

void speak(Api& api, Asked asked, const Wish& wish, Speaker speaker) {
    if (wish.repeatable) speaker.at_ms = 0;
    contract::JsonWriter json;
    json.object().key("utteranceId").value("utt_" + wish.name);
    json.key("speaker").value(speaker.role).key("text").value(wish.text);
    json.key("startMs").value(speaker.at_ms).key("endMs").value(speaker.at_ms);
    json.key("source").value("typed").end();
    contract::EventChecker checker;
    // An id of the server's own: derived, so that a repeated request is the same event at a later
    // time.
    auto event = checker.check(contract::event_json("ll_turn_" + wish.name, asked.session_id(),
                                                    format_rfc3339(api.parts().clock.wall()),
                                                    "transcript.final", json.take()),
                               contract::Sender::server);
    if (!event) return asked.refuse(event.error());
    command(api, std::move(asked), call::Publish{std::move(*event)},
            [&api, wish](Asked said, const session::Receipt& receipt) {
                answer_lines(api, std::move(said), wish, receipt.seq);
            });
}

}  // namespace

void create_turn(Api& api, Asked asked) {
    const auto body = read_body(asked, contract::BodyType::create_turn);
    if (!body) return asked.refuse(body.error());
    const auto key = idempotency_key(asked.request());
    if (!key) return asked.refuse(key.error());
    namespace f = contract::body::create_turn;
    Wish wish;
    wish.text = body->text(f::text);
    if (body->has(f::timeout_ms)) wish.timeout = Millis{body->integer(f::timeout_ms)};
    wish.repeatable = !key->empty();
    wish.name = !key->empty() ? derived_id("", asked.principal, "turn:" + asked.session_id(), *key)
                              : new_ulid(api.parts().clock.wall(), api.parts().random);
    std::vector<std::string> hosted;
    for (const HostedAgent& agent : api.hosted_agents()) hosted.push_back(agent.user_id);
    auto keep = std::make_shared<Asked>(std::move(asked));
    api.parts().sessions.look<Speaker>(
        keep->session_id(), keep->loop(),
        [&api, hosted, principal = keep->principal](session::Actor& actor) {
            return may_speak(api, actor.state(), principal, hosted);
        },
        [&api, keep, wish](Result<Speaker> speaker) {
            if (!speaker) return keep->refuse(speaker.error());
            if (!speaker->begins) return speak(api, std::move(*keep), wish, *speaker);
            api.parts().sessions.submit(
                keep->session_id(),
                {call::SetStatus{}, {"server", "lifeline"}, contract::Role::server}, keep->loop(),
                [&api, keep, wish, speaker = *speaker](const Result<session::Receipt>& receipt) {
                    if (!receipt) return keep->refuse(receipt.error());
                    speak(api, std::move(*keep), wish, speaker);
                });
        });
}

}  // namespace lifeline::api
