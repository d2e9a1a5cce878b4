#include <fmt/format.h>

#include <filesystem>

#include "app/checkup.h"
#include "billing/billing_store.h"

namespace lifeline::app {

namespace {

constexpr std::size_t stuck_most = 100;
constexpr std::size_t named_most = 3;

std::string in_words(const std::vector<billing::StuckStatement>& stuck) {
    std::string text = fmt::format("{}{} cannot be made up: ", stuck.size(),
                                   stuck.size() == stuck_most ? " or more" : "");
    for (std::size_t i = 0; i < std::min(stuck.size(), named_most); ++i) {
        const auto& [account, month, error] = stuck[i];
        text += fmt::format("{}{} {} ({}: {})", i == 0 ? "" : ", ", account, text_of(month),
                            error.reason, error.detail);
    }
    return text + (stuck.size() > named_most ? ", and others" : "");
}

}  // namespace

// As the view has them: no server is asked, and nothing is folded.
void Checkup::statements() {
    const std::filesystem::path path = config_.data / "billing.db";
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return;
    auto store = billing::BillingStore::look(path.string());
    const auto stuck = store ? store->stuck(stuck_most) : fail(store.error());
    if (!stuck)
        return note("statements", Verdict::warn,
                    fmt::format("billing.db cannot be read: {} {}", stuck.error().reason,
                                stuck.error().detail),
                    "start the server, which makes it anew where it has to; lifeline rebuild does "
                    "it at once");
    if (stuck->empty())
        return note("statements", Verdict::ok, "none of a month that is over is stuck");
    const auto& first = stuck->front();
    note("statements", Verdict::warn, in_words(*stuck),
         fmt::format("lifeline statement {0} {1} says what cannot be added up; what was booked "
                     "cannot be changed, so tell who waits for it and settle it by hand, by "
                     "lifeline charges {0}",
                     first.account_id, text_of(first.month)));
}

}  // namespace lifeline::app
