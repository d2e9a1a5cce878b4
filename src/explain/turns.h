#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "explain/cast.h"
#include "explain/recorded.h"
#include "explain/story.h"

namespace lifeline::explain {

// The agents' turns: what each answers, how long people waited for its first word, how it ended.
class Turns {
public:
    // Whether the event is told with a turn.
    bool take(const Recorded& recorded, const Cast& cast);

    // The utterances are in the story already: those that a turn answers are why it was.
    void tell(Story& story) const;

private:
    struct Tale {
        Entry entry;
        std::string starter;
        std::vector<std::string> inputs;   // Utterances that it answers.
        std::optional<WallTime> heard_at;  // When the last of them was final.
        std::string end;                   // In words; empty while it is not over.
        bool begun = false;                // It has said something.
    };

    void hear(const contract::Event& event, WallTime at);
    bool start(const Recorded& recorded, const Cast& cast);
    Tale* find(std::string_view turn_id);
    static void first_word(Tale& tale, WallTime at);

    std::vector<Tale> tales_;
    std::map<std::string, std::size_t, std::less<>> by_id_;
    std::map<std::string, std::string, std::less<>> turn_of_utterance_;
    std::map<std::string, WallTime, std::less<>> finals_;
};

}  // namespace lifeline::explain
