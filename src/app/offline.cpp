#include "app/offline.h"

#include "sql/file.h"

namespace lifeline::app {

Status journal_is_there(const std::string& folder) {
    const auto there = sql::file_exists(journal::Folder{folder}.database());
    if (!there) return fail(there.error());
    if (!*there) return fail(Code::not_found, "journal_missing", folder + " has no journal");
    return {};
}

Result<std::unique_ptr<Offline>> Offline::open(const std::string& folder, Missing missing) {
    if (missing == Missing::refuse)
        if (const auto there = journal_is_there(folder); !there) return fail(there.error());
    std::unique_ptr<Offline> house(new Offline());
    auto opened = journal::SqlJournal::open({.folder = {folder},
                                             .writer = *house->writer_,
                                             .marker = *house->marker_,
                                             .reader = *house->reader_,
                                             .clock = house->clock_,
                                             .random = house->writer_random_});
    if (!opened) return fail(opened.error());
    house->journal_ = std::move(*opened);
    house->instance_ = std::make_unique<InstanceLog>(house->loop_, *house->journal_);
    const auto loaded =
        house->wait([&](journal::Done<void> done) { house->instance_->load(std::move(done)); });
    if (!loaded) return fail(loaded.error());
    return house;
}

Offline::~Offline() {
    if (!journal_) return;
    instance_.reset();
    (void)wait([this](journal::Done<void> done) { journal_->close(loop_, std::move(done)); });
}

Status Offline::append(identity::DirectoryChanges changes) {
    return wait(
        [&](journal::Done<void> done) { instance_->append(std::move(changes), std::move(done)); });
}

Result<bool> Offline::change(const std::string& folder, Missing missing, const Decide& decide) {
    auto house = open(folder, missing);
    if (!house) return fail(house.error());
    auto changes = decide((*house)->deciding());
    if (!changes) return fail(changes.error());
    if (changes->empty()) return false;
    if (const auto done = (*house)->append(std::move(*changes)); !done) return fail(done.error());
    return true;
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
