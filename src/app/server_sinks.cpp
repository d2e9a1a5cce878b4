#include "app/server_house.h"
#include "app/sink_maker.h"
#include "base/log.h"

// Charges are brought to billing systems, and people say what becomes of those that are stuck.
namespace lifeline::app {

// Before anything of this process is written: what is in the journal now may have been sent.
Status Server::House::build_sinks() {
    outbox = std::make_unique<outbox::Outbox>(front(), *meterer, *journal);
    sink_files = std::make_unique<ThreadWorker>("sinks");
    sink_office.emplace(
        SinkOffice::Parts{.home = front(), .outbox = *outbox, .writer = *house_streams});
    for (const SinkConfig& sink : config.billing.sinks) {
        auto adapter = make_adapter(sink);
        if (!adapter) return fail(adapter.error());
        sink_office->add({.home = front(),
                          .random = random,
                          .outbox = *outbox,
                          .writer = *house_streams,
                          .adapter = *std::move(adapter),
                          .courier = make_courier(sink, *client, front(), *sink_files)},
                         {.name = sink.name,
                          .kind = sink.kind,
                          .from = sink.from,
                          .attempts = sink.attempts,
                          .dead_letters_max = config.billing.dead_letters_max,
                          .began = journal->head_position()});
        log::info("sink={} kind={} {}", sink.name, sink.kind,
                  sink.file.empty() ? sink.url : sink.file);
    }
    return {};
}

void Server::House::start_sinks() {
    outbox->start((config.data / "deliveries.db").string(), [this](Status followed) {
        if (!followed)
            return log::error("sinks are told nothing reason={} {}", followed.error().reason,
                              followed.error().detail);
        sink_office->start();
    });
}

api::SinkDesk Server::House::desk_for_sinks() {
    using Desk = api::SinkDesk;
    return {
        .list =
            [this](Loop& from, journal::Done<std::vector<Desk::Sink>> done) {
                sink_office->list(from, std::move(done));
            },
        .resume =
            [this](const Desk::Resuming& resuming, Loop& from, journal::Done<Desk::Sink> done) {
                sink_office->resume(resuming, from, std::move(done));
            },
        .move =
            [this](Desk::Moving moving, Loop& from, journal::Done<std::vector<std::string>> done) {
                sink_office->move(std::move(moving), from, std::move(done));
            },
        .deliveries_of =
            [this](const std::string& charge_id, Loop& from,
                   journal::Done<std::vector<outbox::Delivery>> done) {
                sink_office->deliveries_of(charge_id, from, std::move(done));
            },
        .read_back =
            [this](Desk::Asking asking, Loop& from, journal::Done<Desk::ReadBack> done) {
                sink_office->read_back(std::move(asking), from, std::move(done));
            },
        .can_be_read =
            [this] {
                std::vector<std::string> names;
                for (const SinkConfig& sink : config.billing.sinks)
                    if (sink.kind == "openmeter" || sink.kind == "lago" || !sink.meters.empty())
                        names.push_back(sink.name);
                return names;
            }};
}

}  // namespace lifeline::app
