#include "app/server_house.h"
#include "base/log.h"

// What calls use is measured, recorded and shown.
namespace lifeline::app {

Status Server::House::build_metering() {
    auto key = journal::SealKey::open({config.data.string()});
    if (!key) return fail(key.error());
    meterer = std::make_unique<ThreadWorker>("metering");
    metering = std::make_unique<metering::Metering>(front(), *meterer, *journal);
    metering_clock.emplace(MeteringClock::Parts{.home = front(),
                                                .journal = *journal,
                                                .metering = *metering,
                                                .appended = [this] { metering->poke(); }},
                           MeteringClock::Settings{.meters = config.metering.meters,
                                                   .close_after = config.metering.close_after});
    meter_writer.emplace(
        MeterWriter::Parts{
            .home = front(), .worker = *meterer, .sessions = *sessions, .metering = *metering},
        *std::move(key));
    return {};
}

// Calls do not wait for it: what is due stays due until it has come up to them.
void Server::House::start_metering() {
    metering->start((config.data / "metering.db").string(), [this](Status followed) {
        if (!followed)
            return log::error("usage is not measured reason={} {}", followed.error().reason,
                              followed.error().detail);
        meter_writer->start();
        metering_clock->run([this] { meter_writer->show(); });
    });
}

}  // namespace lifeline::app
