#pragma once

#include <string>
#include <string_view>

#include "pricing/card.h"

namespace lifeline::money {

// By which everybody pays: each kind of usage has a line, with tiers, something included, a
// minimum.
inline constexpr std::string_view card_text =
    R"({"card":"standard","currency":"EUR","effectiveFrom":"2026-01-01T00:00Z","items":[)"
    R"({"included":"600000","item":"minutes","meter":"call.duration_ms","per":"60000","tiers":[)"
    R"({"unitNano":"20000000","upTo":"6000000"},{"unitNano":"15000000"}]},)"
    R"({"item":"actions","match":{"outcome":"succeeded"},"meter":"action.count",)"
    R"("minimumNano":"1000000000","per":"1","tiers":[{"unitNano":"50000000"}]},)"
    R"({"item":"answers","match":{"direction":"output"},"meter":"agent.tokens","per":"1000000",)"
    R"("tiers":[{"unitNano":"12000000000","upTo":"1000000"},{"unitNano":"9000000000"}]},)"
    R"({"item":"cached","match":{"direction":"cached"},"meter":"agent.tokens","per":"1000000",)"
    R"("tiers":[{"unitNano":"300000000"}]},)"
    R"({"item":"prompts","match":{"direction":"input"},"meter":"agent.tokens","per":"1000000",)"
    R"("tiers":[{"unitNano":"3000000000"}]},)"
    R"({"item":"hearing","meter":"stt.ms","per":"60000","tiers":[{"unitNano":"4000000"}]},)"
    R"({"item":"words","meter":"transcript.chars","per":"1000","tiers":[{"unitNano":"1000000"}]}],)"
    R"("kind":"price","version":1})";

// As billing.card.activated has it.
inline std::string card_payload(const pricing::Card& card) {
    std::string payload(card_text.substr(0, card_text.size() - 1));
    return payload + R"(,"sha256":")" + card.sha256 + R"("})";
}

// What stands in place of a signature, which neither metering nor billing nor counting again looks
// at.
inline std::string signed_by_nobody(std::string_view record_json) {
    return std::string(record_json.substr(0, record_json.size() - 1)) +
           R"(,"keyId":"3f2a9c1144de0b77","signature":")" + std::string(86, 'A') + R"("})";
}

}  // namespace lifeline::money
