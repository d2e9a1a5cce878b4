#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "contract/event.h"
#include "journal/journal.h"

namespace lifeline {

inline constexpr std::size_t utterances_of = 100;  // In each call.

struct Size {
    std::size_t events = 200'000;
    std::size_t utterances = 20'000;
    std::size_t calls() const { return std::max<std::size_t>(1, utterances / utterances_of); }
    // Beside its beginning, its end and what was said: what was heard on the way there.
    std::size_t partials() const {
        const std::size_t others = utterances * 2 + calls() * 4;
        return events > others ? (events - others) / utterances : 0;
    }
};

inline std::string call_name(std::size_t call) {
    return fmt::format("sess_{:08}", call);
}

// One call as it is written: two people come, each utterance begins, is heard ever better, and
// stands; then it ends.
class Call {
public:
    Call(std::size_t number, const Size& size)
        : random_(number), number_(number), partials_(size.partials()) {}

    // Nothing once it is over.
    std::vector<journal::Draft> next() {
        std::vector<journal::Draft> batch;
        if (at_ == 0) {
            add(batch, "call.created",
                fmt::format(R"({{"callId":"{}","ownerId":"usr_ada","accountId":"acct_{}",)"
                            R"("channel":"voice"}})",
                            name(), number_ % 4));
            for (const char* who : {"usr_ada", "usr_ben"})
                add(batch, "call.participant.added",
                    fmt::format(R"({{"callId":"{}","participantId":"{}","role":"user"}})", name(),
                                who));
        } else if (const std::size_t step = at_ - 1; step / steps() < utterances_of) {
            say(batch, step / steps(), step % steps());
        } else if (step / steps() == utterances_of && step % steps() == 0) {
            add(batch, "call.participant.left",
                fmt::format(R"({{"callId":"{}","participantId":"usr_ben","role":"user",)"
                            R"("reason":"hangup"}})",
                            name()));
        }
        ++at_;
        return batch;
    }
    std::string name() const { return call_name(number_); }

private:
    std::size_t steps() const { return partials_ + 2; }
    void say(std::vector<journal::Draft>& batch, std::size_t utterance, std::size_t step) {
        const std::string id = fmt::format("utt_{:04}", utterance);
        const std::size_t begins = utterance * 4'000;
        if (step == 0) {
            text_.clear();
            return add(batch, "transcript.utterance.started",
                       fmt::format(R"({{"utteranceId":"{}","speaker":"user",)"
                                   R"("participantId":"usr_ada","startMs":{}}})",
                                   id, begins));
        }
        for (std::size_t words = step == 1 ? 3 : 1 + random_.below(2); words > 0; --words)
            text_ += (text_.empty() ? "" : " ") + word();
        const std::string heard = fmt::format(
            R"("utteranceId":"{}","speaker":"user","text":"{}","startMs":{},"endMs":{})", id, text_,
            begins, begins + step * 300);
        if (step <= partials_)
            add(batch, "transcript.partial", fmt::format(R"({{{},"rev":{}}})", heard, step));
        else
            add(batch, "transcript.final", fmt::format("{{{}}}", heard));
    }
    // As frequent as those of a language, more or less.
    std::string word() {
        std::uint64_t rank = random_.below(20'000);
        rank = rank * random_.below(20'000) / 20'000;
        rank = rank * random_.below(20'000) / 20'000;
        constexpr std::string_view consonants = "bcdfghjklmnpqrstvwxz";
        constexpr std::string_view vowels = "aeiou";
        std::string text;
        for (++rank; rank > 0; rank /= 100) {
            text += consonants[rank % 20];
            text += vowels[rank / 20 % 5];
        }
        return text;
    }
    void add(std::vector<journal::Draft>& batch, std::string_view type,
             const std::string& payload) {
        const std::string id = fmt::format("evt_{:08}_{:08}", number_, ++made_);
        batch.push_back(
            {.event_id = id,
             .actor = {"user", "usr_ada"},
             .cause = "",
             .bytes = contract::event_json(id, name(), "2026-02-16T10:00:00.000Z", type, payload)});
    }

    SeededRandom random_;
    std::size_t number_;
    std::size_t partials_;
    std::size_t at_ = 0;
    std::size_t made_ = 0;
    std::string text_;
};

}  // namespace lifeline
