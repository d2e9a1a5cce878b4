#include "api/api.h"
#include "api/body.h"
#include "api/document_access.h"
#include "api/event_page.h"
#include "api/feed.h"
#include "api/routes.h"
#include "contract/limits.h"

namespace lifeline::api {

// GET /v1/documents/{id}/events: as of a call.
void read_document_events(Api& api, Asked asked) {
    const auto& request = asked.request();
    const auto after = number_query(request, "after", 0, INT64_MAX, 0);
    if (!after) return asked.refuse(after.error());
    const auto limit =
        number_query(request, "limit", 1, contract::limits::replay_page_events_max, 200);
    if (!limit) return asked.refuse(limit.error());
    const auto* epoch = request.query("epoch");
    const EventCursor from{
        .after = static_cast<std::uint64_t>(*after),
        .of_another_epoch = epoch != nullptr && *epoch != api.parts().journal.epoch()};
    find_document_caller(
        api, std::move(asked), document::Right::read,
        [&api, from, limit = static_cast<std::size_t>(*limit)](Asked found, document::Caller) {
            const std::string id = found.captures.front();
            auto& shard = api.parts().documents.home(id);
            Loop& loop = found.loop();
            auto done = session::on_loop<EventPage>(
                loop, [&api, found = std::move(found)](Result<EventPage> page) mutable {
                    if (!page) return found.refuse(page.error());
                    found.answer_json(200, event_page_json(*page, api.parts().journal.epoch()));
                });
            shard.loop().post([&shard, id, from, limit, done = std::move(done)]() mutable {
                shard.with(id, session::Missing::refuse,
                           [from, limit,
                            done = std::move(done)](Result<session::DocumentActor*> actor) mutable {
                               if (!actor) return done(fail(actor.error()));
                               read_event_page((*actor)->stream(), from, limit, std::move(done));
                           });
            });
        });
}

}  // namespace lifeline::api
