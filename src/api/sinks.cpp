#include "api/sinks.h"

#include <utility>

#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "contract/json_writer.h"

// Where charges go, and how it is there.
namespace lifeline::api {

namespace {

void write_sink(contract::JsonWriter& json, const SinkDesk::Sink& sink) {
    json.object().key("name").value(sink.name).key("kind").value(sink.kind);
    json.key("state").value(sink.state).key("waiting").value(sink.counts.waiting);
    json.key("delivered").value(sink.counts.delivered).key("parked").value(sink.counts.parked);
    json.key("discarded").value(sink.counts.discarded);
    if (!sink.counts.oldest.empty()) json.key("oldest").value(sink.counts.oldest);
    if (!sink.message.empty()) json.key("message").value(sink.message);
    json.end();
}

}  // namespace

void list_sinks(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    Loop& loop = asked.loop();
    api.parts().sinks.list(
        loop, [asked = std::move(asked)](const Result<std::vector<SinkDesk::Sink>>& sinks) mutable {
            if (!sinks) return asked.refuse(sinks.error());
            contract::JsonWriter json;
            json.object().key("sinks").array();
            for (const SinkDesk::Sink& sink : *sinks) write_sink(json, sink);
            json.end().end();
            asked.answer_json(200, json.take());
        });
}

void resume_sink(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::resume_sink);
    if (!body) return asked.refuse(body.error());
    SinkDesk::Resuming resuming{
        .sink = asked.captures.front(),
        .by = asked.principal.user_id,
        .reason = std::string(body->text(contract::body::resume_sink::reason))};
    Loop& loop = asked.loop();
    api.parts().sinks.resume(
        std::move(resuming), loop,
        [asked = std::move(asked)](const Result<SinkDesk::Sink>& sink) mutable {
            if (!sink) return asked.refuse(sink.error());
            contract::JsonWriter json;
            write_sink(json, *sink);
            asked.answer_json(200, json.take());
        });
}

}  // namespace lifeline::api
