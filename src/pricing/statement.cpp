#include "pricing/statement.h"

namespace lifeline::pricing {

std::string_view to_text(StatementLine::Kind kind) {
    switch (kind) {
        case StatementLine::Kind::usage:
            return "usage";
        case StatementLine::Kind::minimum:
            return "minimum";
        case StatementLine::Kind::adjustment:
            return "adjustment";
    }
    return "";
}

std::string_view to_text(StatementPart::What what) {
    switch (what) {
        case StatementPart::What::included:
            return "included";
        case StatementPart::What::tier:
            return "tier";
        case StatementPart::What::other:
            return "other";
    }
    return "";
}

}  // namespace lifeline::pricing
