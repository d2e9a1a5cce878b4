#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "house.h"
#include "model.h"

namespace lifeline::simulation {

// How long after its beginning a final text may come: a recogniser that is busy.
constexpr Millis understood_within{40'000};

// People whose words are understood late: an utterance begins, and its final text comes when those
// of others that began long after it stand already, by chance alone. A transcript has them in the
// order in which they began all the same, at every position.
class Talk {
public:
    Talk(House& house, Model& model, std::uint64_t seed);

    void turn(const std::string& call, const std::string& speaker);
    // What is due or does not stand yet is handed in; nobody says anything new.
    void deliver();
    // The server's process is gone; whoever heard no answer hands in the same again.
    void vanish();
    // Some words are not final yet.
    bool waiting() const { return !open_.empty(); }
    // The call's transcript, folded from its events, held against what was said.
    void check(const std::string& call, const std::vector<journal::StoredEvent>& events);
    // Finals that came before one whose utterance began earlier.
    std::uint64_t overtakings() const { return overtakings_; }

private:
    struct Words {
        std::string call;
        std::string speaker;
        std::string first;  // The events as they are handed in, the same each time.
        std::string final;
        SteadyTime due;
        bool begun = false;  // The first one stands.
        bool on_its_way = false;
    };

    void begin(const std::string& call, const std::string& speaker);
    void hand_in(const std::string& id, Words& words);
    void answered(const std::string& id, const Result<session::Receipt>& receipt);

    House& house_;
    Model& model_;
    SeededRandom chance_;  // Its own: what others do is the same with it and without.
    std::uint64_t said_ = 0;
    std::map<std::string, Words> open_;         // By utterance.
    std::map<std::string, std::string> texts_;  // Final ones, by utterance.
    std::uint64_t overtakings_ = 0;
};

}  // namespace lifeline::simulation
