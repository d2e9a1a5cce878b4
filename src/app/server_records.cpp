#include <string>
#include <utility>
#include <vector>

#include "app/server_house.h"
#include "app/views_at_rest.h"

// What is kept, what goes, and how it is gone.
namespace lifeline::app {

void Server::House::build_records() {
    const auto settle = [this](journal::Settle how, journal::Done<void> done) {
        settle_all(
            {settle_of(*roster, front()), settle_of(*audit, front()), settle_of(*library, front()),
             settle_of(*search, front()), settle_of(*metering, front())},
            how, std::move(done));
    };
    stream_eraser.emplace(
        StreamEraser::Parts{.home = front(),
                            .journal = *journal,
                            .sessions = *sessions,
                            .documents = *documents,
                            .measured = [this](std::string session_id, journal::Done<void> done) {
                                meter_writer->settled(std::move(session_id), std::move(done));
                            }});
    snapshot_writer.emplace(
        SnapshotWriter::Parts{front(), *views, *journal, *sessions, *snapshots, *stream_eraser});
    eraser.emplace(Eraser::Parts{
        .streams = *stream_eraser,
        .journal = *journal,
        .log = *instance,
        .random = random,
        .settle = settle,
        .cut = [this](const std::string& user_id) {
            const auto why =
                [user_id](const identity::Principal& principal) -> std::optional<Error> {
                if (principal.user_id != user_id) return std::nullopt;
                return Error{Code::not_allowed, "user_unknown", "the user was erased", {}};
            };
            gateway->cut(why);
            api->open_streams().cut(why);
        }});
    expiry.emplace(
        Expiry::Parts{
            .streams = *stream_eraser, .log = *instance, .roster = *roster, .settle = settle},
        config.retention);
}

api::RecordKeeper Server::House::record_keeper() {
    return {
        .erase =
            [this](retention::Erasure erasure, Loop& from, journal::Done<retention::Erasure> done) {
                eraser->request(std::move(erasure), from, std::move(done));
            },
        .hold =
            [this](retention::HoldChange change, Loop& from,
                   journal::Done<retention::Ledger> done) {
                eraser->change_hold(std::move(change), from, std::move(done));
            },
        .look =
            [this](Loop& from, journal::Done<retention::Ledger> done) {
                eraser->look(from, std::move(done));
            }};
}

}  // namespace lifeline::app
