#pragma once

#include <cstdint>
#include <string_view>

#include "call/state.h"
#include "contract/event.h"

// The parts of `apply`, by what they are about.
namespace lifeline::call::folds {

// apply_actions.cpp: actions, confirmations, consent and the kill switch.
void of_actions(State& state, const contract::Event& event, std::string_view actor_id,
                std::uint64_t seq);

// apply_speech.cpp: what was said, by whom.
void of_speech(State& state, const contract::Event& event, std::string_view actor_id,
               std::uint64_t seq);

// modes.cpp: what the call is about.
void of_modes(State& state, const contract::Event& event);

// documents.cpp: what was said of documents that are shared with the call.
void of_documents(State& state, const contract::Event& event);

// erasure.cpp: that contents are gone, and what is kept of the call's frame.
void of_erasure(State& state, const contract::Event& event);

}  // namespace lifeline::call::folds
