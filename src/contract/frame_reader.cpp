#include <algorithm>
#include <bit>

#include "contract/event_reader.h"
#include "contract/frames.h"
#include "contract/limits.h"
#include "contract/scalar.h"
#include "contract/tables.h"

namespace lifeline::contract {
namespace {

std::uint64_t fields_seen(const Found& found) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < found.slots.size(); ++i) {
        if (found.slots[i].size > 0) bits |= std::uint64_t{1} << i;
    }
    return bits;
}

const tables::OpInfo* find_op(std::string_view name) {
    const auto found = std::ranges::find(tables::ops, name, &tables::OpInfo::name);
    return found == tables::ops.end() ? nullptr : &*found;
}

// Which fields a frame has depends on its op.
Status check_fields(const tables::OpInfo& op, const Found& found) {
    const std::uint64_t seen = fields_seen(found);
    const auto pointer_to = [](std::uint64_t bits) {
        const auto index = static_cast<std::size_t>(std::countr_zero(bits));
        const Rule& rule = tables::rules[tables::client_frame_rule];
        return "/" + std::string(tables::fields[rule.first + index].name);
    };
    if (const auto extra = seen & ~op.allowed; extra != 0) {
        return refuse(reason::unknown_field, {}, pointer_to(extra));
    }
    if (const auto missing = op.required & ~seen; missing != 0) {
        return refuse(reason::missing_field, {}, pointer_to(missing));
    }
    return {};
}

}  // namespace

struct FrameReader::Parts {
    Tokens tokens;
    Walk walk;
    EventReader reader;
    Found found;
    std::string event_id;

    Result<ClientFrame> read(std::string_view text);
    Result<ClientFrame> read_publish(std::uint32_t token);
};

Result<ClientFrame> FrameReader::Parts::read(std::string_view text) {
    if (text.size() > limits::frame_bytes_max) return refuse(reason::frame_too_large);
    if (auto ok = tokens.index(text); !ok) return fail(ok.error());

    found.slots.clear();
    found.meanings.clear();
    std::uint32_t token = 0;
    const auto ok =
        walk.object(tokens, token, tables::client_frame_rule, 0, Strictness::strict, found);
    if (found.slots.empty()) return fail(ok.error());
    const auto* op = find_op(found.meaning(text, client_frame::op.index));
    if (op == nullptr && found.slots[client_frame::op.index].size > 0) {
        return refuse(reason::unknown_op, {}, "/op");
    }
    if (!ok) return fail(ok.error());
    if (token != tokens.count()) return refuse(reason::json_invalid, "more follows the frame");

    if (auto fields = check_fields(*op, found); !fields) return fail(fields.error());

    const auto op_code = static_cast<Op>(op - tables::ops.data());
    if (op_code == Op::publish) return read_publish(found.deferred);
    const auto meaning = [&](Field field) { return found.meaning(text, field.index); };
    const auto position = [&](Field field) {
        return static_cast<std::uint64_t>(parse_number(found.raw(text, field.index)).integer);
    };
    ClientFrame out{.op = op_code};
    out.seq = position(client_frame::seq);
    if (found.slots[client_frame::ack.index].size > 0) out.acked = position(client_frame::ack);
    out.ping_time = found.raw(text, client_frame::t.index);
    out.token = meaning(client_frame::token);
    out.stream = meaning(client_frame::stream);
    out.after = position(client_frame::after);
    out.epoch = meaning(client_frame::epoch);
    return out;
}

Result<ClientFrame> FrameReader::Parts::read_publish(std::uint32_t token) {
    auto event = reader.read(tokens, token, Sender::client, Strictness::strict);
    if (!event) {
        event_id = reader.last_event_id();
        return fail(std::move(event.error()));
    }
    ClientFrame out{.op = Op::publish};
    out.event = std::move(*event);
    return out;
}

FrameReader::FrameReader() : parts_(std::make_unique<Parts>()) {}
FrameReader::~FrameReader() = default;

Result<ClientFrame> FrameReader::read(std::string_view text) {
    parts_->event_id.clear();
    return parts_->read(text);
}

std::string_view FrameReader::event_id() const {
    return parts_->event_id;
}

}  // namespace lifeline::contract
