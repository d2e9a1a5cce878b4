#include "app/offline_records.h"

#include <utility>

#include "app/views_at_rest.h"
#include "journal/folder.h"

namespace lifeline::app {

OfflineRecords::OfflineRecords(std::unique_ptr<Offline> house, retention::KeepingPolicy policy)
    : house_(std::move(house)),
      sessions_({&house_->loop()}, house_->journal()),
      documents_({&house_->loop()}, house_->journal()),
      roster_(house_->loop(), views_, house_->journal()),
      audit_(house_->loop(), views_, house_->journal()),
      library_(house_->loop(), views_, house_->journal()),
      search_(house_->loop(), views_, house_->journal()),
      metering_(house_->loop(), views_, house_->journal()),
      streams_({.home = house_->loop(),
                .journal = house_->journal(),
                .sessions = sessions_,
                .documents = documents_,
                .measured = [this](std::string session_id, journal::Done<void> done) {
                    meter_writer_->settled(std::move(session_id), std::move(done));
                }}) {
    const auto settle = [this](journal::Settle how, journal::Done<void> done) {
        Loop& home = house_->loop();
        settle_all({settle_of(roster_, home), settle_of(audit_, home), settle_of(library_, home),
                    settle_of(search_, home), settle_of(metering_, home)},
                   how, std::move(done));
    };
    eraser_ = std::make_unique<Eraser>(Eraser::Parts{.streams = streams_,
                                                     .journal = house_->journal(),
                                                     .log = house_->instance(),
                                                     .random = house_->random(),
                                                     .settle = settle,
                                                     .cut = {}});
    expiry_ = std::make_unique<Expiry>(Expiry::Parts{.streams = streams_,
                                                     .log = house_->instance(),
                                                     .roster = roster_,
                                                     .settle = settle,
                                                     .pause = Millis{0}},
                                       std::move(policy));
}

Result<std::unique_ptr<OfflineRecords>> OfflineRecords::open(const std::string& folder,
                                                             retention::KeepingPolicy policy) {
    auto house = Offline::open(folder, Offline::Missing::refuse);
    if (!house) return fail(house.error());
    auto records = std::make_unique<OfflineRecords>(std::move(*house), std::move(policy));
    if (const auto started = records->start(folder); !started) return fail(started.error());
    return records;
}

Status OfflineRecords::start(const std::string& folder) {
    const journal::Folder files{folder};
    const auto follow = [&](auto& view, const std::string& path) {
        return house_->wait([&](journal::Done<void> done) { view.start(path, std::move(done)); });
    };
    if (auto done = follow(roster_, files.views()); !done) return done;
    if (auto done = follow(audit_, files.audit()); !done) return done;
    if (auto done = follow(library_, files.library()); !done) return done;
    if (auto done = follow(search_, files.search()); !done) return done;
    auto key = journal::SealKey::open(files);
    if (!key) return fail(key.error());
    signer_.emplace(RecordSigner::Parts{.home = house_->loop(),
                                        .worker = views_,
                                        .journal = house_->journal(),
                                        .folder = std::filesystem::path(folder) / "keys",
                                        .random = signer_random_},
                    *key);
    if (auto done =
            house_->wait([&](journal::Done<void> done) { signer_->start(std::move(done)); });
        !done)
        return done;
    meter_writer_.emplace(MeterWriter::Parts{.home = house_->loop(),
                                             .worker = views_,
                                             .sessions = sessions_,
                                             .metering = metering_,
                                             .signer = *signer_});
    return follow(metering_, files.metering());
}

Result<retention::Erasure> OfflineRecords::erase(retention::Erasure asked) {
    retention::Erasure written;
    const auto done = house_->wait([&](journal::Done<void> done) {
        eraser_->request(std::move(asked), house_->loop(),
                         [&, done = std::move(done)](Result<retention::Erasure> answer) mutable {
                             if (!answer) return done(fail(answer.error()));
                             written = std::move(*answer);
                             eraser_->start();
                             eraser_->when_idle([done = std::move(done)]() mutable { done({}); });
                         });
    });
    if (!done) return fail(done.error());
    const auto* known = ledger().erasure(written.id);
    return known == nullptr ? written : *known;
}

Status OfflineRecords::change_hold(retention::HoldChange change) {
    return house_->wait([&](journal::Done<void> done) {
        eraser_->change_hold(
            std::move(change), house_->loop(),
            [this, done = std::move(done)](const Result<retention::Ledger>& ledger) mutable {
                if (!ledger) return done(fail(ledger.error()));
                eraser_->when_idle([done = std::move(done)]() mutable { done({}); });
            });
    });
}

Result<std::uint64_t> OfflineRecords::apply_retention() {
    std::uint64_t events = 0;
    const auto done = house_->wait([&](journal::Done<void> done) {
        expiry_->run([&, done = std::move(done)](Result<std::uint64_t> gone) mutable {
            if (!gone) return done(fail(gone.error()));
            events = *gone;
            done({});
        });
    });
    if (!done) return fail(done.error());
    return events;
}

}  // namespace lifeline::app
