#include "app/server_house.h"
#include "base/log.h"

// What calls use is measured, recorded, shown and charged.
namespace lifeline::app {

Status Server::House::build_metering() {
    auto key = journal::SealKey::open({config.data.string()});
    if (!key) return fail(key.error());
    meterer = std::make_unique<ThreadWorker>("metering");
    metering = std::make_unique<metering::Metering>(front(), *meterer, *journal);
    billing = std::make_unique<billing::Billing>(front(), *meterer, *journal);
    house_streams.emplace(front(), *journal, [this] {
        metering->poke();
        billing->poke();
    });
    charge_writer.emplace(front(), *billing, *house_streams);
    card_desk.emplace(CardBookDesk::Parts{.home = front(),
                                          .billing = *billing,
                                          .writer = *house_streams,
                                          .directory = instance->directory()});
    metering_clock.emplace(
        MeteringClock::Parts{
            .home = front(), .journal = *journal, .metering = *metering, .writer = *house_streams},
        MeteringClock::Settings{.meters = metering::Meters::builtin().with(config.metering.own),
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
    billing->start((config.data / "billing.db").string(), [this](Status followed) {
        if (!followed)
            return log::error("usage is not charged reason={} {}", followed.error().reason,
                              followed.error().detail);
        charge_writer->start();
    });
}

api::CardDesk Server::House::desk_for_cards() {
    return {.activate =
                [this](pricing::Card card, std::string by, Loop& from, journal::Done<bool> done) {
                    card_desk->activate(std::move(card), std::move(by), from, std::move(done));
                },
            .assign =
                [this](api::CardDesk::Assigning assigning, Loop& from, journal::Done<void> done) {
                    card_desk->assign(std::move(assigning), from, std::move(done));
                }};
}

}  // namespace lifeline::app
