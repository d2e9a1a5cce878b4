#include "safety/verdict.h"

namespace lifeline::safety {

std::string_view to_text(Outcome outcome) {
    switch (outcome) {
        case Outcome::allow:
            return "allow";
        case Outcome::deny:
            return "deny";
        case Outcome::confirm:
            return "confirm";
    }
    return "";
}

std::optional<Outcome> outcome_from(std::string_view text) {
    for (const Outcome outcome : {Outcome::allow, Outcome::deny, Outcome::confirm})
        if (text == to_text(outcome)) return outcome;
    return std::nullopt;
}

std::string_view to_text(Severity severity) {
    switch (severity) {
        case Severity::info:
            return "info";
        case Severity::warning:
            return "warning";
        case Severity::critical:
            return "critical";
    }
    return "";
}

std::optional<Severity> severity_from(std::string_view text) {
    for (const Severity severity : {Severity::info, Severity::warning, Severity::critical})
        if (text == to_text(severity)) return severity;
    return std::nullopt;
}

}  // namespace lifeline::safety
