#pragma once

#include <span>
#include <vector>

#include "contract/event.h"
#include "journal/journal.h"

namespace lifeline::delivery {

// Which of these events, consecutive ones of a stream, a later one of them makes unnecessary for
// whoever is behind: supersedable by the catalogue, and overtaken. No other event is ever left out.
// As the overtaking one is among them, it is about to be seen.
std::vector<bool> overtaken(std::span<const journal::StoredEvent> events,
                            contract::EventChecker& checker);

}  // namespace lifeline::delivery
