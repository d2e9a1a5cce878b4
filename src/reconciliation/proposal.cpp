#include <fmt/format.h>

#include <algorithm>

#include "reconciliation/report.h"

// What a class means in a sentence, and what would mend it. Nothing is done by it.
namespace lifeline::reconciliation {

namespace {

bool has(const Row& row, std::string_view cause) {
    return std::ranges::find(row.verdict.causes, cause) != row.verdict.causes.end();
}

bool parked(const Row& row) {
    return std::ranges::any_of(row.verdict.causes,
                               [](const auto& cause) { return cause.starts_with("parked_"); });
}

// An adjustment of what lacks.
Proposal adjust(const Row& row, std::string meaning) {
    Proposal made{.action = "adjust",
                  .quantity = row.expected.quantity - row.recorded.quantity,
                  .meaning = std::move(meaning),
                  .fix = "book an adjustment of this quantity and amount"};
    if (row.expected.amount && row.recorded.amount)
        made.amount = *row.expected.amount - *row.recorded.amount;
    return made;
}

Proposal person(std::string meaning, std::string fix) {
    return {.action = "person", .meaning = std::move(meaning), .fix = std::move(fix)};
}

Proposal of_undeclared() {
    return person(
        "usage is reported of a meter that is not declared, so nobody is charged for it",
        "correct the name where it is reported, or declare the meter under [metering] for "
        "the calls to come; book what was used, or write it off");
}

Proposal of_delivery(const Row& row) {
    const std::string& sink = row.key.sink;
    switch (row.verdict.klass) {
        case Class::missing:
        case Class::under_charge:
            if (parked(row))
                return {.action = "redrive",
                        .quantity = row.expected.quantity - row.recorded.quantity,
                        .meaning = fmt::format("{} does not have all that is booked", sink),
                        .fix = "mend why it was refused, then send the dead letters again"};
            // Nothing is sent again by itself: docs/sinks.md, "What a sink lacks".
            if (row.verdict.klass == Class::missing)
                return person(
                    fmt::format("{} has nothing of what is booked", sink),
                    has(row, "asked")
                        ? fmt::format("`lifeline trace` says whether {0} took it: then it was "
                                      "taken away there, so find out by whom, book it there under "
                                      "its id if it is to be, and resolve this as adjusted",
                                      sink)
                        : fmt::format("it was not told of it yet: `lifeline sinks` says why {} "
                                      "waits",
                                      sink));
            return person(fmt::format("{} has less than is booked", sink),
                          fmt::format("compare the charges with those of {}", sink));
        case Class::unverifiable:
            return {.action = "ask_sink",
                    .meaning = fmt::format("nobody knows what {} has", sink),
                    .fix = fmt::format("ask {} again, or import its statement", sink)};
        case Class::duplicate:
            return person(fmt::format("{} counts one charge twice", sink),
                          "cancel one of them there; where it cannot, book an adjustment");
        case Class::orphan:
            return person(fmt::format("{} has something that was never booked", sink),
                          "cancel it there");
        case Class::conflict:
            return person(fmt::format("{} has another content under the same id", sink),
                          "compare both and have one of them corrected there");
        default:
            return person(fmt::format("{} has something else than is booked", sink),
                          fmt::format("compare the charges with those of {}", sink));
    }
}

}  // namespace

Proposal propose(const Row& row) {
    const Class klass = row.verdict.klass;
    const bool measuring = row.verdict.layer == Layer::meter;
    if (klass == Class::match)
        return {.action = "none",
                .meaning = has(row, "unpriced") ? "counted and measured alike; no card prices it"
                                                : "all layers have the same",
                .fix = has(row, "unpriced")
                           ? "nothing, or a card that prices it from an hour to come"
                           : "nothing"};
    if (klass == Class::pending)
        return {.action = "wait",
                .meaning = row.key.sink.empty() ? "the hour is not closed yet"
                                                : "it is on its way to " + row.key.sink,
                .fix = "nothing"};
    if (klass == Class::late)
        return {.action = "wait",
                .meaning = "what lacks came after the hour was closed",
                .fix = "nothing: it is booked as an adjustment by itself"};
    if (row.verdict.layer == Layer::deliver) return of_delivery(row);
    const bool undeclared = has(row, "meter_unknown");
    switch (klass) {
        case Class::conflict:
            return person(measuring ? "one usage record id stands there with two contents"
                                    : "one charge id stands there with two contents",
                          "find out who wrote the second; the first one counts");
        case Class::unit_mismatch:
            return person("units or currencies differ", "correct the meter or the card");
        case Class::unverifiable:
            if (undeclared) return of_undeclared();
            return person(
                "how much was used is not known",
                "have the provider say it, or resolve the action whose outcome is unknown");
        case Class::orphan:
            return person(measuring ? "a usage record rests on nothing in its call"
                                    : "something is charged that rests on no usage record",
                          "find out where it comes from; then book the difference or write it off");
        case Class::duplicate: {
            if (!measuring) return adjust(row, "one charge is booked twice");
            return person("one fact is measured twice, under two ids",
                          "book an adjustment of what is too much");
        }
        case Class::late_expired:
            return adjust(row, "what lacks came after the hour was closed, and too long ago");
        case Class::price_mismatch:
            return adjust(row,
                          has(row, "month_before_differs")
                              ? "its price follows from earlier hours of the month, which differ"
                              : "the quantity is right and the amount is not");
        default:
            break;
    }
    if (undeclared) return of_undeclared();
    if (measuring)
        return {.action = "measure",
                .quantity = row.expected.quantity - row.recorded.quantity,
                .meaning = klass == Class::over_charge ? "more is recorded than was used"
                                                       : "less is recorded than was used",
                .fix = "have somebody look at the calls' usage records, then book an adjustment"};
    return adjust(row, klass == Class::over_charge ? "more is charged than was used"
                                                   : "less is charged than was used");
}

}  // namespace lifeline::reconciliation
