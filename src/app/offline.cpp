#include "app/offline.h"

namespace lifeline::app {

Result<std::unique_ptr<Offline>> Offline::open(const std::string& folder) {
    std::unique_ptr<Offline> house(new Offline());
    auto opened = journal::SqlJournal::open({.folder = {folder},
                                             .writer = *house->writer_,
                                             .marker = *house->marker_,
                                             .reader = *house->reader_,
                                             .clock = house->clock_,
                                             .random = house->writer_random_});
    if (!opened) return fail(opened.error());
    house->journal_ = std::move(*opened);
    house->directory_ = std::make_unique<JournaledDirectory>(house->loop_, *house->journal_);
    const auto loaded =
        house->wait([&](journal::Done<void> done) { house->directory_->load(std::move(done)); });
    if (!loaded) return fail(loaded.error());
    return house;
}

Offline::~Offline() {
    if (!journal_) return;
    directory_.reset();
    (void)wait([this](journal::Done<void> done) { journal_->close(loop_, std::move(done)); });
}

Status Offline::append(identity::DirectoryChanges changes) {
    return wait(
        [&](journal::Done<void> done) { directory_->append(std::move(changes), std::move(done)); });
}

Status Offline::wait(std::function<void(journal::Done<void>)> start) {
    Status outcome;
    loop_.post([&] {
        start([&](Status status) {
            outcome = std::move(status);
            loop_.stop();
        });
    });
    loop_.context().restart();
    loop_.run();
    return outcome;
}

}  // namespace lifeline::app
