#include "app/server_house.h"

// Accounts use no more than they may.
namespace lifeline::app {

void Server::House::build_budgets() {
    spend_guard.emplace(SpendGuard::Parts{
        .home = front(),
        .journal = *journal,
        .sessions = *sessions,
        .metering = *metering,
        .billing = *billing,
        .writer = *house_streams,
        .directory = instance->directory(),
        .knows = [meters = metering::Meters::builtin().with(config.metering.own)](
                     const std::string& meter) { return meters.find(meter) != nullptr; }});
}

api::BudgetDesk Server::House::desk_for_budgets() {
    using Desk = api::BudgetDesk;
    return {.list =
                [this](std::string account_id, Loop& from, Desk::Answer done) {
                    spend_guard->list(std::move(account_id), from, std::move(done));
                },
            .balance =
                [this](std::string account_id, Loop& from, Desk::Answer done) {
                    spend_guard->balance(std::move(account_id), from, std::move(done));
                },
            .change =
                [this](Desk::Changing changing, Loop& from, Desk::Answer done) {
                    spend_guard->change(std::move(changing), from, std::move(done));
                },
            .grant =
                [this](Desk::Granting granting, Loop& from, Desk::Answer done) {
                    spend_guard->grant(std::move(granting), from, std::move(done));
                },
            .admit =
                [this](std::string account_id, std::string session_id, Loop& from,
                       journal::Done<void> done) {
                    spend_guard->admit(std::move(account_id), std::move(session_id), from,
                                       std::move(done));
                },
            .release =
                [this](std::string account_id, std::string session_id) {
                    spend_guard->release(std::move(account_id), std::move(session_id));
                }};
}

}  // namespace lifeline::app
