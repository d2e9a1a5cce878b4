#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "contract/event.h"
#include "transcript/utterance.h"

namespace lifeline::transcript {

// Whether events of this type are about an utterance.
bool says_something(contract::EventType type);
// What an utterance is after one more of its events.
void apply(const contract::Event& event, Utterance& utterance);

// What was said in a call: the fold of its events in their order, up to wherever they were taken.
// An utterance stands where its first event stands, however late its final text comes.
class Fold {
public:
    // `actor_id` wrote the event; it speaks where the event itself does not say who does.
    void take(const contract::Event& event, std::string_view actor_id, std::uint64_t seq);

    // Forgets what is older than the last `count`, and than those that have `bytes` of text
    // together.
    void keep_last(std::size_t count, std::size_t bytes);

    const std::vector<Utterance>& utterances() const { return utterances_; }
    // Whom a participant's id stands for, where their names are known.
    const std::map<std::string, std::string, std::less<>>& names() const { return names_; }

private:
    Utterance& find(std::string_view id, std::string_view actor_id, std::uint64_t seq);

    std::vector<Utterance> utterances_;
    std::unordered_map<std::string, std::size_t> by_id_;
    std::map<std::string, std::string, std::less<>> names_;
};

}  // namespace lifeline::transcript
