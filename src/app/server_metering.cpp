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
    findings = std::make_unique<findings::Findings>(front(), *meterer, *journal);
    recounter = std::make_unique<ThreadWorker>("recount");
    recount = std::make_unique<reconciliation::Reconciliation>(front(), *recounter, *journal);
    house_streams.emplace(front(), *journal, [this] {
        metering->poke();
        billing->poke();
        findings->poke();
        recount->poke();
        outbox->poke();
        audit->poke();
    });
    record_signer.emplace(RecordSigner::Parts{.home = front(),
                                              .worker = *meterer,
                                              .journal = *journal,
                                              .writer = &*house_streams,
                                              .folder = config.data / "keys",
                                              .random = signer_random},
                          *key);
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
    meter_writer.emplace(MeterWriter::Parts{.home = front(),
                                            .worker = *meterer,
                                            .sessions = *sessions,
                                            .metering = *metering,
                                            .signer = *record_signer});
    return {};
}

// Calls do not wait for it: what is due stays due until it has come up to them.
void Server::House::start_metering() {
    spend_guard->start();
    record_signer->start([this](const Status& may) {
        if (!may)
            log::error("usage is not signed, and so not measured reason={} {}", may.error().reason,
                       may.error().detail);
        start_measuring(may.has_value());
    });
}

// What was measured is shown in any case: whoever asks waits for these views.
void Server::House::start_measuring(bool may_sign) {
    metering->start((config.data / "metering.db").string(), [this, may_sign](Status followed) {
        if (!followed)
            return log::error("usage is not measured reason={} {}", followed.error().reason,
                              followed.error().detail);
        if (!may_sign) return;
        meter_writer->start();
        metering_clock->run([this] { meter_writer->show(); });
    });
    billing->start((config.data / "billing.db").string(), [this](Status followed) {
        if (!followed)
            return log::error("usage is not charged reason={} {}", followed.error().reason,
                              followed.error().detail);
        charge_writer->start();
    });
    start_sinks();
    start_reconciliation();
}

api::KeyDesk Server::House::desk_for_keys() {
    using Desk = api::KeyDesk;
    return {.history = [this] { return record_signer->history(); },
            .rotate =
                [this](Desk::Change change, Loop& from, journal::Done<metering::RecordKey> done) {
                    record_signer->rotate({std::move(change.by), std::move(change.reason)}, from,
                                          std::move(done));
                },
            .revoke =
                [this](Desk::Change change, Loop& from, journal::Done<metering::RecordKey> done) {
                    record_signer->revoke(
                        std::move(change.key_id),
                        {std::move(change.by), std::move(change.reason), change.doubtful_from},
                        from, std::move(done));
                }};
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
