#include <memory>
#include <optional>

#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/feed.h"
#include "api/routes.h"
#include "api/said.h"
#include "transcript/render.h"

namespace lifeline::api {

namespace {

net::Response response_of(const transcript::Fold& fold, const transcript::Heading& heading,
                          transcript::Format format) {
    net::Response response;
    response.set("Content-Type", std::string(transcript::media_type(format)));
    response.set("Cache-Control", "no-store");
    response.body = transcript::render(fold, heading, format);
    return response;
}

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
            journal::Journal& journal = api.parts().journal;
            const SaidRange range{.session_id = keep->session_id(), .until = *until};
            read_said(journal, keep->loop(), range, {},
                      [&journal, keep, range, format](Result<transcript::Fold> fold) {
                          if (!fold) return keep->refuse(fold.error());
                          keep->answer(response_of(
                              *fold, {range.session_id, journal.epoch(), range.until}, format));
                      });
        });
}

}  // namespace lifeline::api
