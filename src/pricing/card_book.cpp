#include "pricing/card_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <utility>

#include "contract/reason.h"

namespace lifeline::pricing {

namespace {

using contract::refuse;
namespace reason = contract::reason;

// What begins in an hour to come never meets usage that was counted before it. The first of its
// kind has nothing before it, and may begin with the hour that goes on.
Status check_begin(Window from, WallTime now, std::size_t earlier) {
    const Window current = window_of(now);
    const Window first_possible = earlier == 0 ? current : current + std::chrono::hours(1);
    if (from >= first_possible) return {};
    return refuse(reason::effective_from_invalid,
                  fmt::format("{} has begun; the first hour that it may begin with is {}",
                              text_of(from), text_of(first_possible)),
                  "/effectiveFrom");
}

std::unexpected<Error> invalid(std::string pointer, std::string_view what) {
    return refuse(reason::card_invalid, fmt::format("{}: {}", pointer, what), pointer);
}

Status check_meters(const Card& card, const CardBook::Versions& versions) {
    for (std::size_t i = 0; i < card.items.size(); ++i) {
        for (const auto& version : versions) {
            const auto& item = card.items[i];
            const auto* earlier = version.find(item.name);
            if (earlier != nullptr && earlier->meter != item.meter)
                return invalid(
                    fmt::format("/items/{}/meter", i),
                    fmt::format("{} counts {} in version {}; another meter needs another "
                                "name",
                                item.name, earlier->meter, version.version));
        }
    }
    return {};
}

}  // namespace

Result<CardBook::Standing> CardBook::judge(const Card& card, WallTime now) const {
    static const Versions none;
    const auto known = cards_.find(card.name);
    const auto& versions = known == cards_.end() ? none : known->second;
    if (const auto* same = find(card.name, card.version)) {
        if (same_content(*same, card)) return Standing::known;
        return refuse(reason::card_exists,
                      fmt::format("{} {} is there with another content; the next version is {}",
                                  card.name, card.version, versions.size() + 1),
                      "/version");
    }
    if (card.version != versions.size() + 1)
        return invalid("/version",
                       fmt::format("the next version of {} is {}", card.name, versions.size() + 1));
    if (!versions.empty() && card.currency != versions.front().currency)
        return invalid("/currency", fmt::format("{} is in {}; another currency needs another card",
                                                card.name, versions.front().currency));
    if (!versions.empty() && card.kind != versions.front().kind)
        return invalid("/kind",
                       fmt::format("{} is a {} card", card.name, to_text(versions.front().kind)));
    if (const auto meters = check_meters(card, versions); !meters) return fail(meters.error());
    if (const auto begin = check_begin(card.effective_from, now, versions.size()); !begin)
        return fail(begin.error());
    return Standing::fresh;
}

void CardBook::add(Card card) {
    if (find(card.name, card.version) != nullptr) return;
    auto& versions = cards_[card.name];
    versions.push_back(std::move(card));
}

const Card* CardBook::find(std::string_view card, std::uint32_t version) const {
    const auto known = cards_.find(card);
    if (known == cards_.end()) return nullptr;
    const auto found = std::ranges::find(known->second, version, &Card::version);
    return found == known->second.end() ? nullptr : &*found;
}

const Card* CardBook::in_force(std::string_view card, Window window) const {
    const auto known = cards_.find(card);
    if (known == cards_.end()) return nullptr;
    for (const auto& version : known->second | std::views::reverse)
        if (version.effective_from <= window) return &version;
    return nullptr;
}

Status Assignments::judge(const Assignment& assignment, const CardBook& book,
                          std::string_view currency, WallTime now) const {
    const auto* card = book.in_force(assignment.card, assignment.effective_from);
    if (card == nullptr || card->kind != CardKind::price)
        return refuse(reason::card_not_found,
                      fmt::format("there is no price card {} that has begun by {}", assignment.card,
                                  text_of(assignment.effective_from)),
                      "/card");
    if (!currency.empty() && card->currency != currency)
        return refuse(reason::currency_differs,
                      fmt::format("the account is charged in {}, {} is in {}", currency, card->name,
                                  card->currency),
                      "/card");
    return check_begin(assignment.effective_from, now, assignments_.size());
}

std::string_view Assignments::card_at(Window window) const {
    for (const auto& one : assignments_ | std::views::reverse)
        if (one.effective_from <= window) return one.card;
    return {};
}

}  // namespace lifeline::pricing
