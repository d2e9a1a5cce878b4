#include "reconciliation/verdict.h"

#include <algorithm>
#include <array>

namespace lifeline::reconciliation {

namespace {

constexpr std::array<std::string_view, class_count> classes{
    "pending",        "conflict",     "unit_mismatch", "unverifiable", "orphan",
    "duplicate",      "match",        "late",          "late_expired", "missing",
    "price_mismatch", "under_charge", "over_charge"};

}  // namespace

std::string_view to_text(Class klass) {
    return classes.at(static_cast<std::size_t>(klass));
}

std::string_view to_text(Layer layer) {
    static constexpr std::array<std::string_view, 4> layers{"meter", "rate", "book", "deliver"};
    return layers.at(static_cast<std::size_t>(layer));
}

std::string_view to_text(Group group) {
    static constexpr std::array<std::string_view, 3> groups{"fine", "waiting", "needs_you"};
    return groups.at(static_cast<std::size_t>(group));
}

Group group_of(Class klass) {
    if (klass == Class::match) return Group::fine;
    if (klass == Class::pending || klass == Class::late) return Group::waiting;
    return Group::needs_you;
}

Verdict classify(const Comparison& of) {
    const auto is = [](Class klass, Layer layer) { return Verdict{klass, layer, {}}; };
    const auto one_of = [&](bool measured, bool booked, Class klass, Verdict& found) {
        if (!measured && !booked) return false;
        found = is(klass, measured ? Layer::meter : Layer::book);
        return true;
    };
    Verdict found;
    if (!of.closed) return is(Class::pending, Layer::meter);
    if (one_of(of.conflict_measured, of.conflict_booked, Class::conflict, found)) return found;
    if (one_of(of.units_differ_measured, of.units_differ_booked, Class::unit_mismatch, found))
        return found;
    if (of.unknown) return is(Class::unverifiable, Layer::meter);
    if (one_of(of.orphan_measured, of.orphan_booked, Class::orphan, found)) return found;
    if (one_of(of.duplicate_measured, of.duplicate_booked, Class::duplicate, found)) return found;

    const Class late = of.expired ? Class::late_expired : Class::late;
    const bool measured_differs = of.cells_differ || of.counted != of.measured;
    const bool booked_differs = of.priced && of.measured != of.booked;
    const bool priced_differs = of.priced && (of.amounts_differ || of.card_differs);
    if (!measured_differs && !booked_differs && !priced_differs)
        return is(Class::match, Layer::meter);
    if (measured_differs && of.late_measured) return is(late, Layer::meter);
    if (!measured_differs && booked_differs && of.late_booked) return is(late, Layer::book);
    if (!measured_differs && !booked_differs && !of.card_differs && of.moved && of.moved_late)
        return is(late, Layer::rate);

    if (measured_differs && of.measured == 0 && of.counted != 0)
        return is(Class::missing, Layer::meter);
    if (!measured_differs && booked_differs && of.booked == 0)
        return is(Class::missing, Layer::book);
    if (!measured_differs && !booked_differs) return is(Class::price_mismatch, Layer::rate);
    const Layer layer = measured_differs ? Layer::meter : Layer::book;
    const std::int64_t has = measured_differs ? of.measured : of.booked;
    const std::int64_t should = measured_differs ? of.counted : of.measured;
    // What offsets within an hour is no less wrong.
    return is(has < should || has == should ? Class::under_charge : Class::over_charge, layer);
}

Verdict classify(const DeliveryComparison& of) {
    const auto is = [](Class klass) { return Verdict{klass, Layer::deliver, {}}; };
    if (!of.closed || of.on_the_way) return is(Class::pending);
    if (of.conflict) return is(Class::conflict);
    if (of.currency_differs) return is(Class::unit_mismatch);
    if (of.unknown) return is(Class::unverifiable);
    if (of.orphan) return is(Class::orphan);
    if (of.duplicate) return is(Class::duplicate);
    if (of.booked == of.delivered)
        return is(of.amounts_differ ? Class::price_mismatch : Class::match);
    if (of.delivered == 0) return is(Class::missing);
    return is(of.delivered < of.booked ? Class::under_charge : Class::over_charge);
}

}  // namespace lifeline::reconciliation
