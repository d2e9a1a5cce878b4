#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a comparison comes to. Exactly one class for each key: the first that fits, in this order.
namespace lifeline::reconciliation {

enum class Class : std::uint8_t {
    pending,         // The hour is not closed, or a sink may still get it.
    conflict,        // One id with two contents.
    unit_mismatch,   // Units or currencies differ.
    unverifiable,    // What one side has nobody knows.
    orphan,          // It rests on nothing.
    duplicate,       // One fact counts twice.
    match,           // All layers have the same.
    late,            // What lacks came after the hour was closed.
    late_expired,    // The same, and too long ago to be booked by itself.
    missing,         // The layer has nothing of it.
    price_mismatch,  // The quantity is right, the amount is not.
    under_charge,    // The layer has less.
    over_charge,     // The layer has more.
};
inline constexpr int class_count = 13;

// Where it arose: measuring, pricing, booking, or on the way to a sink.
enum class Layer : std::uint8_t { meter, rate, book, deliver };

// For people.
enum class Group : std::uint8_t { fine, waiting, needs_you };

std::string_view to_text(Class klass);
std::string_view to_text(Layer layer);
std::string_view to_text(Group group);
Group group_of(Class klass);

struct Verdict {
    Class klass = Class::match;
    Layer layer = Layer::meter;
    std::vector<std::string> causes = {};  // Words, sorted.
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

// What there is to say of one item of an account in one hour, before it is judged.
struct Comparison {
    bool closed = true;
    bool expired = false;  // Longer ago than what is late may be booked by itself.

    bool units_differ_measured = false;
    bool conflict_measured = false;
    bool unknown = false;
    bool orphan_measured = false;
    bool duplicate_measured = false;
    bool cells_differ = false;   // Call by call and kind by kind, so that nothing offsets.
    bool late_measured = false;  // All that lacks came after the closing.
    std::int64_t counted = 0;    // E
    std::int64_t measured = 0;   // M

    bool priced = true;  // A line of a card fits it.
    bool units_differ_booked = false;
    bool conflict_booked = false;
    bool orphan_booked = false;
    bool duplicate_booked = false;
    bool late_booked = false;
    bool card_differs = false;
    bool amounts_differ = false;
    bool moved = false;       // Its amount would be right if earlier hours of its month were.
    bool moved_late = false;  // And what is wrong with those is late.
    std::int64_t booked = 0;  // B
};
Verdict classify(const Comparison& comparison);

// The same of a sink: what it should have, and what it has.
struct DeliveryComparison {
    bool closed = true;
    bool on_the_way = false;
    bool conflict = false;
    bool currency_differs = false;
    bool unknown = false;
    bool orphan = false;
    bool duplicate = false;
    bool amounts_differ = false;
    std::int64_t booked = 0;
    std::int64_t delivered = 0;
};
Verdict classify(const DeliveryComparison& comparison);

}  // namespace lifeline::reconciliation
