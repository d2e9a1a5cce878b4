#include "findings/words.h"

#include <algorithm>
#include <iterator>

namespace lifeline::findings {

namespace {

constexpr Words all[] = {
    {"match", "everything agrees", "nothing"},
    {"pending", "it is not due yet", "nothing: the next run looks again"},
    {"conflict", "two records have the same id and other contents",
     "look at both; the first one counts. Somebody else uses our ids, or a folder was restored"},
    {"unit_mismatch", "it was counted in another unit",
     "see which unit the statement or the sink counts in, and import it again in base units"},
    {"unverifiable", "the events it rests on cannot be counted again",
     "see whether the call was erased or a quantity was never reported; then write it off"},
    {"orphan", "something is charged or counted of which nobody knows the usage",
     "see where it comes from; adjust it away if it is not ours"},
    {"duplicate", "the same usage is there more than once",
     "adjust it: the surplus is booked back"},
    {"late", "usage came after its hour was closed", "nothing: it is booked as an adjustment"},
    {"late_expired", "usage came so late that no rule may book it any more",
     "decide: adjust it, or write it off"},
    {"missing", "it was used and is not there",
     "at a sink: send it again (dead letters), at the books: adjust it"},
    {"price_mismatch", "the quantity agrees and the price does not",
     "compare the card's version with the charge, then adjust it"},
    {"under_charge", "less is there than was used", "adjust it, or write it off"},
    {"over_charge", "more is there than was used", "adjust it: the surplus is booked back"},
};

}  // namespace

Words words_of(std::string_view klass) {
    const auto* found = std::ranges::find(all, klass, &Words::klass);
    return found == std::end(all) ? Words{klass, "", ""} : *found;
}

std::string_view layer_in_words(std::string_view layer) {
    if (layer == "meter") return "measuring";
    if (layer == "rate") return "pricing";
    if (layer == "book") return "booking";
    return "the sink";
}

}  // namespace lifeline::findings
