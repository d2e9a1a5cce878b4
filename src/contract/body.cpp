#include "contract/body.h"

#include "base/check.h"
#include "contract/limits.h"
#include "contract/reason.h"
#include "contract/tables.h"
#include "contract/tokens.h"
#include "contract/walk.h"

namespace lifeline::contract {

Result<Body> check_body(BodyType type, std::string_view bytes) {
    if (bytes.size() > limits::body_bytes_max) return refuse(reason::body_too_large);
    if (bytes.empty()) bytes = "{}";
    const std::uint16_t rule = tables::bodies[static_cast<std::size_t>(type)].rule;

    Tokens tokens;
    Walk walk;
    Found found;
    std::uint32_t token = 0;
    if (auto ok = tokens.index(bytes); !ok) return fail(ok.error());
    if (auto ok = walk.object(tokens, token, rule, 1, Strictness::strict, found); !ok) {
        return fail(ok.error());
    }
    if (token != tokens.count()) return refuse(reason::json_invalid, "more follows the body");
    if (!tokens.spaced(0, token) && tokens.begin(0) == 0) {
        return Body(std::string(bytes), std::move(found), rule, 0);
    }
    std::string json;
    tokens.append_minified(json, 0, token);
    return check_body(type, json);  // Once more, so that the fields are found where they now stand.
}

}  // namespace lifeline::contract
