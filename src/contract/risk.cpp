#include "contract/risk.h"

namespace lifeline::contract {

std::string_view to_text(Risk risk) {
    switch (risk) {
        case Risk::read_only:
            return "read_only";
        case Risk::low_risk_write:
            return "low_risk_write";
        case Risk::high_risk_external_send:
            return "high_risk_external_send";
    }
    return "high_risk_external_send";
}

std::optional<Risk> risk_from(std::string_view text) {
    for (const Risk risk : {Risk::read_only, Risk::low_risk_write, Risk::high_risk_external_send})
        if (text == to_text(risk)) return risk;
    return std::nullopt;
}

}  // namespace lifeline::contract
