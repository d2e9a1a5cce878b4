#pragma once

#include <string_view>

#include "base/result.h"
#include "contract/body_type_list.h"  // enum class BodyType, one for each request of schema/v1/rest
#include "contract/field_names.h"     // body::create_session::owner_id, ...
#include "contract/record.h"

namespace lifeline::contract {

// The body of a REST request that has passed its check, read like an event's payload.
class Body : public Record {
private:
    friend Result<Body> check_body(BodyType type, std::string_view bytes);
    using Record::Record;
};

// As strict as the check of an event. No bytes at all stand for an empty object.
Result<Body> check_body(BodyType type, std::string_view bytes);

}  // namespace lifeline::contract
