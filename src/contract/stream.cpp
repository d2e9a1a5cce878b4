#include "contract/stream.h"

#include "contract/form.h"

namespace lifeline::contract {

std::optional<StreamKind> stream_kind(std::string_view name) {
    if (!matches(Form::stream, name)) return std::nullopt;
    switch (name.front()) {
        case 'd':
            return StreamKind::document;
        case 'a':
            return StreamKind::account;
        default:
            return name.starts_with("sess_") ? StreamKind::call : StreamKind::instance;
    }
}

}  // namespace lifeline::contract
