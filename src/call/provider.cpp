#include "call/rules.h"

namespace lifeline::call::rules {

namespace {

using contract::Role;

std::unexpected<Error> immutable(std::string pointer) {
    return fail(Code::conflict, "provider_immutable",
                "the provider's ids were set when the call became active", std::move(pointer));
}

bool knows_provider(const Command& from) {
    return from.role == Role::service || from.role == Role::operator_ || from.role == Role::admin;
}

}  // namespace

// A call whose line a provider holds is never given up for want of people: who names one has it
// open for as long as it may last.
Result<void> may_name_provider(const Create& command, const Command& from) {
    const bool names = !command.provider.empty() && command.provider != no_provider;
    if (!names || knows_provider(from)) return {};
    return fail(Code::not_allowed, "forbidden",
                "only a service or an operator knows a call's media provider", "/provider");
}

Result<void> may_name_provider(const SetStatus& command, const Command& from) {
    const bool names = !command.provider.empty() || command.provider_ids != ProviderIds{};
    if (!names || knows_provider(from)) return {};
    return fail(Code::not_allowed, "forbidden",
                "only a service or an operator knows the media provider's ids");
}

Result<void> names_the_same(const State& state, const SetStatus& command) {
    const auto differs = [](const std::string& wanted, const std::string& known) {
        return !wanted.empty() && wanted != known;
    };
    const ProviderIds& wanted = command.provider_ids;
    const ProviderIds& known = state.provider_ids;
    if (differs(command.provider, state.provider)) return immutable("/provider");
    if (differs(wanted.room_id, known.room_id)) return immutable("/providerRoomId");
    if (differs(wanted.call_id, known.call_id)) return immutable("/providerCallId");
    if (differs(wanted.participant_id, known.participant_id))
        return immutable("/providerParticipantId");
    return {};
}

// What the provider did not tell before, it may tell; what it told stays.
Result<void> names_the_same(const State& state, const contract::Event& event) {
    if (state.status != Status::active) return {};
    const auto differs = [&](std::string_view key, const std::string& known) {
        const auto named = event.find_text(key);
        return named && !known.empty() && *named != known;
    };
    switch (event.type()) {
        case contract::EventType::call_started:
        case contract::EventType::call_connecting:
        case contract::EventType::call_connected:
            break;
        default:
            return {};
    }
    const ProviderIds& known = state.provider_ids;
    if (differs("provider", state.provider)) return immutable("/payload/provider");
    if (differs("providerRoomId", known.room_id)) return immutable("/payload/providerRoomId");
    if (differs("providerCallId", known.call_id)) return immutable("/payload/providerCallId");
    if (differs("providerParticipantId", known.participant_id))
        return immutable("/payload/providerParticipantId");
    return {};
}

}  // namespace lifeline::call::rules
