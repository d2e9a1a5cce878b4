#include <memory>
#include <optional>

#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/feed.h"
#include "api/routes.h"
#include "transcript/render.h"

namespace lifeline::api {

namespace {

constexpr journal::ReadLimit chunk{.events = 256, .bytes = 1024 * 1024};

// Folds a call's events up to `at`, chunk by chunk. Lives on the server's loop.
class Reading : public std::enable_shared_from_this<Reading> {
public:
    Reading(Api& api, Asked asked, std::uint64_t at, transcript::Format format)
        : api_(api), asked_(std::move(asked)), at_(at), format_(format) {}

    void read_on() {
        if (read_ >= at_) return answer();
        api_.parts().journal.read(
            asked_.session_id(), read_, chunk, asked_.loop(),
            [self = shared_from_this()](Result<std::vector<journal::StoredEvent>> events) {
                if (!events) return self->asked_.refuse(events.error());
                self->take(*events);
            });
    }

private:
    void take(const std::vector<journal::StoredEvent>& events) {
        for (const auto& stored : events) {
            if (stored.seq > at_ || stored.erased) continue;
            if (const auto event = checker_.read_stored(stored.bytes))
                fold_.take(*event, stored.actor.id, stored.seq);
        }
        read_ = events.empty() ? at_ : events.back().seq;
        read_on();
    }
    void answer() {
        const transcript::Heading heading{asked_.session_id(), api_.parts().journal.epoch(), at_};
        net::Response response;
        response.set("Content-Type", std::string(transcript::media_type(format_)));
        response.set("Cache-Control", "no-store");
        response.set("X-Content-Type-Options", "nosniff");
        response.body = transcript::render(fold_, heading, format_);
        asked_.answer(std::move(response));
    }

    Api& api_;
    Asked asked_;
    std::uint64_t at_;
    transcript::Format format_;
    std::uint64_t read_ = 0;
    contract::EventChecker checker_;
    transcript::Fold fold_;
};

// Where the caller wants to stop, if they may read the call and it has come so far.
Result<std::uint64_t> position(session::Actor& actor, const identity::Principal& principal,
                               std::optional<std::uint64_t> at) {
    const auto role = authorize(actor.state(), principal, Need::read);
    if (!role) return fail(role.error());
    const std::uint64_t head = actor.stream().head();
    if (at.value_or(0) > head)
        return fail(Code::conflict, "cursor_ahead", "at is ahead of the call's head", "/at");
    return at.value_or(head);
}

}  // namespace

void get_transcript(Api& api, Asked asked) {
    const auto& request = asked.request();
    const auto* format_name = request.query("format");
    const auto format =
        transcript::format_of(format_name != nullptr ? *format_name : std::string_view("json"));
    if (!format)
        return asked.refuse(
            {Code::malformed, "query_invalid", "format is json, text, markdown or vtt", "/format"});
    const auto number = number_query(request, "at", 0, INT64_MAX, 0);
    if (!number) return asked.refuse(number.error());
    std::optional<std::uint64_t> at;
    if (request.query("at") != nullptr) at = static_cast<std::uint64_t>(*number);

    const std::string id = asked.session_id();
    Loop& loop = asked.loop();
    auto principal = asked.principal;
    auto keep = std::make_shared<Asked>(std::move(asked));
    api.parts().sessions.look<std::uint64_t>(
        id, loop,
        [principal = std::move(principal), at](session::Actor& actor) {
            return position(actor, principal, at);
        },
        [&api, keep, format = *format](Result<std::uint64_t> until) {
            if (!until) return keep->refuse(until.error());
            std::make_shared<Reading>(api, std::move(*keep), *until, format)->read_on();
        });
}

}  // namespace lifeline::api
