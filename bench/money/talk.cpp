#include "money/talk.h"

#include <fmt/format.h>

namespace lifeline::money {

namespace {

constexpr std::string_view words =
    "so we would like to have the offer for the second floor until friday please and the key ";

}  // namespace

Talk::Talk(std::size_t number, std::size_t accounts, const Talking& how)
    : random_(number + 1),
      how_(how),
      session_(fmt::format("sess_{:08}", number)),
      account_(fmt::format("acct_{:04}", number % accounts)) {}

std::vector<Said> Talk::next(WallTime now) {
    std::vector<Said> said;
    const std::string when = format_rfc3339(now);
    if (at_ == 0) {
        begin(said, when);
    } else if (at_ <= how_.turns) {
        turn(said, when);
    } else if (at_ == how_.turns + 1) {
        end(said, when);
    }
    ++at_;
    return said;
}

void Talk::begin(std::vector<Said>& said, const std::string& now) const {
    said.push_back(
        {"call.created", fmt::format(R"({{"callId":"{}","ownerId":"usr_ada","accountId":"{}",)"
                                     R"("channel":"voice"}})",
                                     session_, account_)});
    for (const char* who : {"usr_ada", "usr_ben"})
        said.push_back({"call.participant.added",
                        fmt::format(R"({{"callId":"{}","participantId":"{}","role":"user"}})",
                                    session_, who)});
    said.push_back(
        {"call.connected", fmt::format(R"({{"callId":"{}","connectedAt":"{}"}})", session_, now)});
}

void Talk::turn(std::vector<Said>& said, const std::string& now) {
    const std::string agent = fmt::format("agt_{}", at_ % how_.agents);
    // The line breaks once, for a turn.
    if (at_ == how_.turns / 2)
        said.push_back({"call.reconnecting",
                        fmt::format(R"({{"callId":"{}","attempt":1,"at":"{}"}})", session_, now)});
    if (at_ == how_.turns / 2 + 1)
        said.push_back({"call.reconnected",
                        fmt::format(R"({{"callId":"{}","attempt":1,"at":"{}","outageMs":900}})",
                                    session_, now)});
    utter(said, "user", "usr_ada");
    if (how_.partials > 0) utter(said, "agent", agent);
    report(said, agent);
    if (at_ % how_.action_every == 0) act(said, now);
}

void Talk::utter(std::vector<Said>& said, std::string_view speaker, std::string_view who) {
    const std::string id = fmt::format("utt_{:04}", uttered_);
    const std::size_t begins = uttered_++ * 4'000;
    if (how_.partials > 0)
        said.push_back({"transcript.utterance.started",
                        fmt::format(R"({{"utteranceId":"{}","speaker":"{}","participantId":"{}",)"
                                    R"("startMs":{}}})",
                                    id, speaker, who, begins)});
    const std::size_t length = 20 + random_.below(words.size() - 20);
    for (std::size_t rev = 1; rev <= how_.partials; ++rev)
        said.push_back(
            {"transcript.partial",
             fmt::format(R"({{"utteranceId":"{}","speaker":"{}","text":"{}","startMs":{},)"
                         R"("endMs":{},"rev":{}}})",
                         id, speaker, words.substr(0, length * rev / (how_.partials + 1)), begins,
                         begins + rev * 300, rev)});
    said.push_back({"transcript.final",
                    fmt::format(R"({{"utteranceId":"{}","speaker":"{}","text":"{}","startMs":{},)"
                                R"("endMs":{}}})",
                                id, speaker, words.substr(0, length), begins, begins + 3'000)});
}

void Talk::report(std::vector<Said>& said, const std::string& agent) {
    const std::uint64_t input = 900 + random_.below(2'000);
    const std::uint64_t cached = 1 + random_.below(800);
    const std::uint64_t output = 20 + random_.below(300);
    said.push_back(
        {"billing.usage.reported",
         fmt::format(R"({{"reportId":"use_{}_t","meter":"agent.tokens","unit":"token",)"
                     R"("quantity":"{}","source":"provider","participant":"{}","model":"model-{}",)"
                     R"("dims":{{"inputTokens":{},"cachedTokens":{},"outputTokens":{}}}}})",
                     at_, input + output, agent, at_ % 3, input, cached, output)});
    said.push_back({"billing.usage.reported",
                    fmt::format(R"({{"reportId":"use_{}_s","meter":"stt.ms","unit":"ms",)"
                                R"("quantity":"{}","source":"provider","participant":"{}"}})",
                                at_, 1'000 + random_.below(4'000), agent)});
}

void Talk::act(std::vector<Said>& said, const std::string& now) {
    const std::string id = fmt::format("act_{:04}", at_);
    said.push_back({"orchestration.action.requested",
                    fmt::format(R"({{"actionId":"{}","actionType":"send_offer",)"
                                R"("summary":"an offer by mail"}})",
                                id)});
    said.push_back({"orchestration.action.started",
                    fmt::format(R"({{"actionId":"{}","executor":"http","attempt":1,)"
                                R"("leaseUntil":"{}"}})",
                                id, now)});
    said.push_back(
        {"orchestration.action.succeeded",
         fmt::format(R"({{"actionId":"{}","durationMs":{}}})", id, 50 + random_.below(900))});
}

void Talk::end(std::vector<Said>& said, const std::string& now) const {
    said.push_back({"call.participant.left",
                    fmt::format(R"({{"callId":"{}","participantId":"usr_ben","role":"user",)"
                                R"("reason":"hangup"}})",
                                session_)});
    said.push_back({"call.ended", fmt::format(R"({{"callId":"{}","endedAt":"{}",)"
                                              R"("durationSeconds":300,"endReason":"completed"}})",
                                              session_, now)});
}

}  // namespace lifeline::money
