#include "api/explain.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/caller.h"
#include "api/feed.h"
#include "contract/event.h"
#include "explain/render.h"
#include "explain/teller.h"

namespace lifeline::api {

namespace {

constexpr journal::ReadLimit chunk{.events = 256, .bytes = 1024 * 1024};

// Tells a call up to where it stood when it was asked for.
class Telling : public std::enable_shared_from_this<Telling> {
public:
    Telling(journal::Journal& journal, Asked asked, bool as_text)
        : journal_(journal),
          asked_(std::move(asked)),
          teller_(asked_.session_id()),
          as_text_(as_text) {}

    Asked& asked() { return asked_; }

    void read_on(std::uint64_t after, std::uint64_t until) {
        if (after >= until) return answer();
        journal_.read(
            asked_.session_id(), after, chunk, asked_.loop(),
            [self = shared_from_this(), until](Result<std::vector<journal::StoredEvent>> found) {
                if (!found) return self->asked_.refuse(found.error());
                self->take(*found, until);
            });
    }

private:
    void take(const std::vector<journal::StoredEvent>& events, std::uint64_t until) {
        for (const auto& stored : events) {
            if (stored.seq > until) break;
            explain::Recorded recorded{.seq = stored.seq,
                                       .event_id = stored.event_id,
                                       .actor = stored.actor,
                                       .cause = stored.cause,
                                       .at = stored.recorded_at};
            if (stored.erased) {
                teller_.take(recorded);
                continue;
            }
            const auto event = checker_.read_stored(stored.bytes);
            if (!event) return asked_.refuse(event.error());
            recorded.event = &*event;
            teller_.take(recorded);
        }
        read_on(events.empty() ? until : events.back().seq, until);
    }

    void answer() {
        const explain::Story story = teller_.tell();
        net::Response response;
        response.set("Content-Type", as_text_ ? "text/plain; charset=utf-8" : "application/json");
        response.set("Cache-Control", "no-store");
        response.body = as_text_ ? explain::to_plain(story) : explain::to_json(story);
        asked_.answer(std::move(response));
    }

    journal::Journal& journal_;
    Asked asked_;
    explain::Teller teller_;
    contract::EventChecker checker_;
    bool as_text_;
};

}  // namespace

void explain_session(Api& api, Asked asked) {
    const auto* format = asked.request().query("format");
    if (format != nullptr && *format != "json" && *format != "text")
        return asked.refuse(
            {Code::malformed, "query_invalid", "format is json or text", "/format"});
    const bool as_text = format != nullptr && *format == "text";
    const std::string id = asked.session_id();
    Loop& loop = asked.loop();
    auto principal = asked.principal;
    auto telling = std::make_shared<Telling>(api.parts().journal, std::move(asked), as_text);
    api.parts().sessions.look<std::uint64_t>(
        id, loop,
        [principal = std::move(principal)](session::Actor& actor) -> Result<std::uint64_t> {
            const auto role = authorize(actor.state(), principal, Need::read);
            if (!role) return fail(role.error());
            return actor.stream().head();
        },
        [telling](Result<std::uint64_t> head) {
            if (!head) return telling->asked().refuse(head.error());
            telling->read_on(0, *head);
        });
}

}  // namespace lifeline::api
